// Loaded first because it registers gradients.
import '@tensorflow/tfjs-layers';
import { serveShards } from '../../../packages/engine-nats/src/serve.ts';
import { connectPatiently } from './connect-patiently.js';

/** A worker to kill. Its argument is the address of a server of NATS. */
const connection = await connectPatiently(process.argv[2] ?? '');
await serveShards({ connection, run: 'chaos' });
