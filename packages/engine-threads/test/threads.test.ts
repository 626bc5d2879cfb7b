import { cpuBackend } from '@keepfit/backend-cpu';
import { wasmBackend } from '@keepfit/backend-wasm';
import { type FitOptions, Trainer, type TrainerOptions, useBackend } from '@keepfit/fit';
import { fromLayers } from '@keepfit/layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, expect, test } from 'vitest';
import { programFile } from '../../../test/programs/program-file.js';
import { threads } from '../src/index.js';
import { sample } from '../../../test/setup/sample.js';
import { createSmallNet } from './helpers/small-net.js';

beforeEach(() => useBackend(cpuBackend()));

const worker = programFile('packages/engine-threads/src/worker.ts');

function numbers(width: number, salt: number): tf.Tensor2D {
  return tf.tensor2d(
    Array.from({ length: 26 * width }, (_, at) => Math.sin(at * 1.7 + salt)),
    [26, width],
  );
}

async function train(given: FitOptions, options: Partial<TrainerOptions> = {}) {
  const trainer = new Trainer(fromLayers(createSmallNet(1)), {
    optimizer: 'adam',
    loss: 'mse',
    metrics: ['mae', 'rootMeanSquaredError'],
    ...options,
  });
  const validationData = [numbers(3, 7), numbers(2, 8)] as const;
  await trainer.fit(numbers(3, 0), numbers(2, 1), {
    batchSize: 4,
    seed: 3,
    verbose: 0,
    epochs: 3,
    validationData,
    validationBatchSize: 2,
    ...given,
  });
  const weights = trainer.model.weights.map(({ variable }) => [...variable.dataSync()]);
  return { weights, history: trainer.history.history };
}

test.each(sample([1, 2, 3], 2))('%i threads give the bits of this one', async (workers) => {
  const engine = threads({ workers, worker });
  expect(await train({ shards: 4, engine })).toEqual(await train({ shards: 4 }));
  expect(engine.workers).toEqual([]);
});

test('a program that is evaluated twice serves once', async () => {
  const twice = programFile('packages/engine-threads/test/helpers/evaluated-twice.ts');
  const engine = threads({ workers: 1, worker: twice, module: twice });
  expect(await train({ shards: 4, engine })).toEqual(await train({ shards: 4 }));
});

test('threads compute on WASM', async () => {
  await useBackend(wasmBackend());
  const engine = threads({ workers: 2, worker });
  expect(await train({ shards: 4, engine })).toEqual(await train({ shards: 4 }));
});
