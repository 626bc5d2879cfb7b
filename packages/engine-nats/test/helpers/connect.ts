// For programs outside this package, from where the library is not found.
export { connect } from '@nats-io/transport-node';
