// A worker of the benches, to kill. Its argument is the address of a server of NATS. It is bundled beside the benches.
import '@tensorflow/tfjs-layers';
import { serveShards } from '@keepfit/engine-nats/serve';
import { connect } from '@nats-io/transport-node';
import { RUN } from './run.js';

const connection = await connect({ servers: process.argv[2] ?? '', maxReconnectAttempts: -1 });
await serveShards({ connection, run: RUN });
