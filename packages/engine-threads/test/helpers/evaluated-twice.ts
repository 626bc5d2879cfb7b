import { fromLayers } from '@keepfit/layers';
import { serveShards } from '../../src/serve.js';
import { createSmallNet } from './small-net.js';

/** As in WebKit, which evaluates a worker's first module again when a chunk that it has loaded imports from it. */
function createTraining() {
  serveShards(createTraining);
  const model = fromLayers(createSmallNet(1));
  return { model, loss: 'mse', metrics: ['mae', 'rootMeanSquaredError'] } as const;
}

serveShards(createTraining);
