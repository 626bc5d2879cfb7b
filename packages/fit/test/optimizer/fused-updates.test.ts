import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { findFusedUpdate } from '../../src/optimizer/fused-updates.js';

beforeAll(() => useBackend(cpuBackend()));

test("tfjs' own classes, and subclasses that change nothing of the update, are fused", () => {
  class Named extends tf.AdamOptimizer {}
  for (const optimizer of [
    tf.train.adam(),
    tf.train.sgd(0.1),
    tf.train.momentum(0.1, 0.9),
    tf.train.rmsprop(0.1),
    new Named(0.1, 0.9, 0.999),
  ])
    expect(findFusedUpdate(optimizer)?.kernel).toMatch(/^Keepfit/);
});

test('an update, or a field of it, that a subclass computes itself is not fused', () => {
  class OwnUpdate extends tf.AdamOptimizer {
    override applyGradients(): void {}
  }
  const ownRate = tf.train.sgd(0.1);
  Object.defineProperty(ownRate, 'c', { get: () => tf.scalar(-0.1) });
  const computed = tf.train.adam(0.1);
  let reads = 0;
  Object.defineProperty(computed, 'learningRate', { get: () => 0.1 / (reads += 1) });
  const tensor = tf.train.adam(0.1);
  Object.assign(tensor, { learningRate: tf.scalar(0.1) });
  for (const optimizer of [new OwnUpdate(0.1, 0.9, 0.999), ownRate, computed, tensor])
    expect(findFusedUpdate(optimizer)).toBeUndefined();
  expect(reads).toBe(0);
});
