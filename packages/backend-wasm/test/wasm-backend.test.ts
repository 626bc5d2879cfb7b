// In a process of its own, in which no other file has started tfjs' backend.
// @vitest-environment node
// @vitest-environment-options {"process": "wasm-backend"}
import { isKeepfitError } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import {
  engine,
  getBackend,
  getKernelsForBackend,
  matMul,
  reshape,
  setBackend,
  tensor,
  zeros,
} from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { wasmBackend } from '../src/index.js';

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;
const listeners = EVENTS.map((event) => process.listenerCount(event));
let stock: Map<string, unknown>;

beforeAll(async () => {
  await import('@tensorflow/tfjs-backend-wasm');
  stock = kernels();
});

afterEach(() => useBackend(stockBackend()));

test('starts without leaving a listener on the process', async () => {
  await useBackend(wasmBackend());
  expect(getBackend()).toBe('wasm');
  expect(EVENTS.map((event) => process.listenerCount(event))).toEqual(listeners);
});

test('puts every kernel of tfjs back when another backend is used', async () => {
  await useBackend(wasmBackend());
  expect(kernels()).not.toEqual(stock);
  await useBackend(stockBackend());
  expect(kernels()).toEqual(stock);
});

test('starts again after a stop', async () => {
  const backend = wasmBackend();
  for (let i = 0; i < 2; i++) {
    await useBackend(backend);
    expect([...zeros([2]).dataSync()]).toEqual([0, 0]);
    await useBackend(stockBackend());
    expect(kernels()).toEqual(stock);
  }
});

test('an allocation that the memory cannot hold throws and changes nothing', async () => {
  await useBackend(wasmBackend());
  const kept = tensor([1, 2, 3]);
  const before = engine().memory().numTensors;
  const error = caught(() => zeros([2 ** 30]));
  expect(isKeepfitError(error) && error.code).toBe('KEEPFIT_OUT_OF_MEMORY');
  expect(error.message).toMatch(/no room for 4096 MB more \(its memory ends at 4 GB\)/);
  expect(engine().memory().numTensors).toBe(before);
  expect([...kept.dataSync()]).toEqual([1, 2, 3]);
});

test('a matrix product sees the shape of now: tfjs keeps packed weights of another shape of the same memory', async () => {
  await useBackend(wasmBackend());
  const b = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
  expect([...matMul(tensor([[1, 10]]), b).dataSync()]).toEqual([41, 52, 63]);
  expect([...matMul(tensor([[1, 10, 100]]), reshape(b, [3, 2])).dataSync()]).toEqual([531, 642]);
});

test('the address 0 of a full memory is never written to', async () => {
  const wasm = (engine().backend as unknown as { wasm: { _malloc(size: number): number } }).wasm;
  const malloc = wasm._malloc;
  wasm._malloc = (size) => (size > 1000 ? 0 : malloc(size));
  try {
    await useBackend(wasmBackend());
    expect(caught(() => zeros([300])).message).toMatch(/KEEPFIT_OUT_OF_MEMORY/);
    await useBackend(stockBackend());
  } finally {
    wasm._malloc = malloc;
  }
});

test('unknown options and paths that are none are refused', () => {
  expect(() => wasmBackend({ path: '' } as object)).toThrow(/wasmBackend has no option "path"; it has paths/);
  expect(() => wasmBackend({ paths: 3 as unknown as string })).toThrow(
    /paths of wasmBackend must be the address of a folder/,
  );
});

function stockBackend() {
  return { name: 'wasm', kernels: 'stock', start: () => setBackend('wasm'), stop() {} };
}

function kernels(): Map<string, unknown> {
  return new Map(getKernelsForBackend('wasm').map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]));
}

function caught(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
