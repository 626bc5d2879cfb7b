import { Trainer, type FitOptions } from '@keepfit/fit';
import { fromLayers } from '@keepfit/layers';
import { createSmallNet } from './small-net.js';

/** The locks of the workers that live: each holds one as long as it lives. */
export async function listWorkers(): Promise<(string | undefined)[]> {
  const { held = [] } = await navigator.locks.query();
  return held.map(({ name }) => name).filter((name) => name?.startsWith('keepfit worker'));
}

function createRows(width: number) {
  const rows = 16;
  return {
    data: Float32Array.from({ length: rows * width }, (_, at) => Math.fround(Math.sin(at + width))),
    shape: [rows, width],
  };
}

/** Trains eight steps, and resolves to all bits of the result. */
export async function train(given: FitOptions) {
  const net = createSmallNet(1);
  const trainer = new Trainer(fromLayers(net), { optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
  try {
    await trainer.fit(createRows(3), createRows(2), {
      batchSize: 8,
      seed: 3,
      verbose: 0,
      epochs: 4,
      shards: 4,
      ...given,
    });
    const weights = net.getWeights().map((weight) => [...weight.dataSync()]);
    return { weights, history: trainer.history.history };
  } finally {
    net.dispose();
  }
}
