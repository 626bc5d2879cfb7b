// Loaded first because it registers gradients.
import '@tensorflow/tfjs-layers';
import { connect } from '../../../packages/engine-nats/test/helpers/connect.ts';
import { serveShards } from '../../../packages/engine-nats/src/serve.ts';

/** A worker to kill. Its argument is the address of a server of NATS. */
const connection = await connect({
  servers: process.argv[2] ?? '',
  maxReconnectAttempts: -1,
  reconnectTimeWait: 100,
});
await serveShards({ connection, run: 'chaos' });
