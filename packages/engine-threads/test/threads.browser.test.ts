import { cpuBackend } from '@keepfit/backend-cpu';
import { wasmBackend } from '@keepfit/backend-wasm';
import type { CallbackHooks } from '@keepfit/callbacks';
import { type FitOptions, Trainer, useBackend } from '@keepfit/fit';
import { fromLayers } from '@keepfit/layers';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { threads } from '../src/index.js';
import { createSmallNet } from './helpers/small-net.js';

beforeEach(() => useBackend(cpuBackend()));

afterEach(async () => {
  // A worker holds a lock as long as it lives.
  await expect.poll(() => listWorkers()).toEqual([]);
});

async function listWorkers(): Promise<(string | undefined)[]> {
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
async function train(given: FitOptions) {
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

test('Web Workers give the bits of one thread, on WASM from the addresses of the page', async () => {
  const paths = {
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': threaded,
  };
  await useBackend(wasmBackend({ paths }));
  const engine = threads({ workers: 2 });
  expect(await train({ engine })).toEqual(await train({}));
  expect(engine.workers).toEqual([]);
});

test('a worker that is terminated is replaced, and changes no bit', async () => {
  const made: Worker[] = [];
  const worker = () => {
    const one = new Worker(new URL('../src/worker.ts', import.meta.url), { type: 'module' });
    made.push(one);
    return one;
  };
  const engine = threads({ workers: 1, worker });
  const terminate: CallbackHooks = {
    onTrainBatchEnd(batch) {
      if (batch === 1) made.at(-1)?.terminate();
    },
  };
  expect(await train({ engine, epochs: 2, callbacks: [terminate] })).toEqual(await train({ epochs: 2 }));
  expect(made.length).toBeGreaterThan(1);
});

test('no worker is left when fit throws', async () => {
  const engine = threads({ workers: 1 });
  const fail: CallbackHooks = {
    async onTrainBatchEnd() {
      expect(await listWorkers()).toHaveLength(1);
      throw new Error('enough');
    },
  };
  await expect(train({ engine, callbacks: [fail] })).rejects.toMatchObject({
    cause: { message: 'enough' },
  });
  expect(engine.workers).toEqual([]);
});

test('a program that is missing is named, and so is the way out', async () => {
  const worker = new URL('./no-such-worker.js', location.href);
  await expect(train({ engine: threads({ workers: 1, worker }) })).rejects.toMatchObject({
    code: 'KEEPFIT_ENGINE_FAILED',
    message: expect.stringMatching(
      /no-such-worker\.js.*could not be loaded.*@keepfit\/engine-threads\/worker/,
    ),
  });
});

test('a program that the browser refuses is an error of the engine', async () => {
  const worker = 'https://elsewhere.example/worker.js';
  await expect(train({ engine: threads({ workers: 1, worker }) })).rejects.toMatchObject({
    code: 'KEEPFIT_ENGINE_FAILED',
  });
});
