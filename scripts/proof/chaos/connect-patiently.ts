import { connect } from '../../../packages/engine-nats/test/helpers/connect.ts';

/** Connects to a server of NATS, also if it is away just now, and again whenever the connection is lost. */
export function connectPatiently(servers: string): ReturnType<typeof connect> {
  return connect({ servers, waitOnFirstConnect: true, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
}
