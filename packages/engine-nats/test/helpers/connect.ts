// For programs outside this package, which cannot import the library.
export { connect } from '@nats-io/transport-node';
