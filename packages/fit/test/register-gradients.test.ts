import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { registerGradients } from '../src/gradients.js';

const kernels = Object.values<unknown>(tf).filter((value) => typeof value === 'string');
let before: tf.GradConfig[];

beforeEach(() => {
  before = registered();
  for (const { kernelName } of before) tf.unregisterGradient(kernelName);
});

afterEach(() => {
  for (const { kernelName } of registered()) tf.unregisterGradient(kernelName);
  for (const config of before) tf.registerGradient(config);
});

function registered(): tf.GradConfig[] {
  return kernels.map((name) => tf.getGradient(name)).filter((config) => config !== undefined);
}

const names = (configs: tf.GradConfig[]): string[] => configs.map(({ kernelName }) => kernelName).sort();

test('registers every gradient where nothing has', async () => {
  expect(before.length).toBeGreaterThan(90);
  expect(registered()).toEqual([]);
  await registerGradients();
  expect(names(registered())).toEqual(names(before));
});

test('leaves the gradients alone that something else has registered', async () => {
  const mine: tf.GradConfig = { kernelName: tf.BatchMatMul, gradFunc: () => ({}) };
  tf.registerGradient(mine);
  await registerGradients();
  expect(registered()).toEqual([mine]);
});
