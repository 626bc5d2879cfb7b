import { useBackend } from '@keepfit/fit';
import { fromLayers } from '@keepfit/layers';
import { nodeBackend } from '../../src/index.js';
import { buildSubject } from './models.js';

/** Makes the training of train-process.ts in a worker thread. */
export default async function createTraining() {
  await useBackend(nodeBackend());
  return {
    model: fromLayers(buildSubject('mlp', 1)),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  };
}
