// Loaded first because it registers gradients.
import '@tensorflow/tfjs-layers';
import { createEngineTraining } from '@keepfit/fit/testing';
import { serveShards } from '../../src/serve.js';

serveShards(createEngineTraining);
