import { cpuBackend } from '@keepfit/backend-cpu';
import { wasmBackend } from '@keepfit/backend-wasm';
import { useBackend } from '@keepfit/fit';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { threads } from '../src/index.js';
import { listWorkers, train } from './helpers/in-page.js';

beforeEach(() => useBackend(cpuBackend()));

afterEach(() => expect.poll(() => listWorkers()).toEqual([]));

test('Web Workers give the bits of one thread, on WASM from the addresses of the page', async () => {
  const paths = {
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
  };
  await useBackend(wasmBackend({ paths }));
  const engine = threads({ workers: 2 });
  expect(await train({ engine })).toEqual(await train({}));
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
