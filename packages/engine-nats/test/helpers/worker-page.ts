// A page that computes shards. Loaded first because it registers gradients.
import '@tensorflow/tfjs-layers';
import { wasmBackend } from '@keepfit/backend-wasm';
import { useBackend } from '@keepfit/fit';
import { wsconnect } from '@nats-io/nats-core';
import { serveShards } from '../../src/serve.js';

// The addresses of this page. It takes none from the coordinator.
await useBackend(wasmBackend({ paths: '/wasm/' }));
const parameters = new URLSearchParams(location.search);
const connection = await wsconnect({ servers: parameters.get('server') ?? '' });
await serveShards({ connection, run: parameters.get('run') ?? '', name: 'page' });
