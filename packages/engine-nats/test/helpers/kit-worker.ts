// Loaded first because it registers gradients.
import '@tensorflow/tfjs-layers';
import { createEngineTraining } from '@keepfit/fit/testing';
import { connect } from '@nats-io/transport-node';
import { workerData } from 'node:worker_threads';
import { serveShards } from '../../src/serve.js';

const { url, run } = workerData as { readonly url: string; readonly run: string };
const connection = await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 20 });
await serveShards({ connection, run, create: createEngineTraining });
