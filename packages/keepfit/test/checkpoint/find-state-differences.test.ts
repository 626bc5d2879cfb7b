import type { Capture } from '@keepfit/callbacks/checkpoint';
import { expect, test } from 'vitest';
import { findStateDifferences } from '../../src/checkpoint/find-state-differences.js';

const capture = (name: string): Capture => ({
  entries: [{ name, dtype: 'float32', shape: [1], read: async () => new Uint8Array(4) }],
  clone: () => capture(name),
  dispose: () => undefined,
});

test('names each value that differs by its place', () => {
  const a = { progress: { step: 1 }, callbacks: [{ state: { best: NaN } }], 'a b': 1, gone: null };
  const b = { progress: { step: 2 }, callbacks: [{ state: { best: 0.5 } }], 'a b': 2, more: true };
  expect(findStateDifferences(a, b)).toEqual([
    { item: 'progress.step', a: 1, b: 2 },
    { item: 'callbacks[0].state.best', a: 'NaN', b: 0.5 },
    { item: '["a b"]', a: 1, b: 2 },
    { item: 'gone', a: null, b: undefined },
    { item: 'more', a: undefined, b: true },
  ]);
});

test('numbers are the same only bit for bit, and no number is the same as its name', () => {
  expect(findStateDifferences({ x: NaN }, { x: NaN })).toEqual([]);
  expect(findStateDifferences({ x: 0 }, { x: -0 })).toHaveLength(1);
  expect(findStateDifferences({ x: NaN }, { x: 'NaN' })).toHaveLength(1);
});

test('of arrays and captures, kind, length and names are compared', () => {
  expect(findStateDifferences({ x: new Float32Array(2) }, { x: new Float32Array([1, 2]) })).toEqual([]);
  expect(findStateDifferences({ x: new Uint8Array(2) }, { x: new Uint8ClampedArray(2) })).toHaveLength(1);
  expect(findStateDifferences({ x: new Float32Array(2) }, { x: 'Float32Array of 2' })).toHaveLength(1);
  expect(findStateDifferences({ x: capture('a') }, { x: capture('a') })).toEqual([]);
  expect(findStateDifferences({ x: capture('a') }, { x: capture('b') })).toHaveLength(1);
  expect(findStateDifferences({ x: [] }, { x: {} })).toHaveLength(1);
});
