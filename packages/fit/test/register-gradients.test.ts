// In a process of its own, in which tfjs-layers is not loaded anew by another file.
// @vitest-environment node
// @vitest-environment-options {"process": "register-gradients"}
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { registerGradients } from '../src/backend/register-gradients.js';
import { gradients } from '../src/backend/gradients/gradients.js';
import { getGradientsVersion } from '../src/backend/gradients/install-gradients.js';

const kernels = [
  ...new Set([
    ...Object.values<unknown>(tf).filter((value) => typeof value === 'string'),
    ...gradients.map(({ kernelName }) => kernelName),
  ]),
];
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

const names = (configs: readonly tf.GradConfig[]): string[] =>
  [...new Set(configs.map(({ kernelName }) => kernelName))].sort();
const own = (kernelName: string): tf.GradConfig => ({ kernelName, gradFunc: () => ({}) });

test("registers every gradient where nothing has: tfjs' own, and those that are corrected", async () => {
  expect(before.length).toBeGreaterThan(90);
  expect(registered()).toEqual([]);
  await registerGradients();
  expect(names(registered())).toEqual(names([...before, ...gradients]));
  expect(getGradientsVersion()).toBe(1);
});

test("leaves tfjs' table alone where one stands, but for what it has wrong or takes too many kernels for", async () => {
  const [right, wrong] = [own(tf.Neg), own(tf.BatchMatMul)];
  tf.registerGradient(right);
  tf.registerGradient(wrong);
  await registerGradients();
  expect(tf.getGradient(tf.Neg)).toBe(right);
  expect(tf.getGradient(tf.BatchMatMul)).not.toBe(wrong);
  expect(tf.getGradient(tf.Cos)).toBeUndefined();
});

test('corrects again where tfjs-layers was loaded later, and registered its table over all', async () => {
  for (const config of before) tf.registerGradient(config);
  await registerGradients();
  for (const config of before) tf.registerGradient(config);
  expect(getGradientsVersion()).toBe(0);
  await registerGradients();
  expect(getGradientsVersion()).toBe(1);
});

test('keeps a gradient of your own that was registered later', async () => {
  await registerGradients();
  const mine = own(tf.Maximum);
  tf.registerGradient(mine);
  await registerGradients();
  expect(tf.getGradient(tf.Maximum)).toBe(mine);
  expect(getGradientsVersion()).toBe(1);
});

test('a gradient that somebody registered before computes where those of keepfit were not verified', async () => {
  const calls: unknown[][] = [];
  tf.registerGradient({
    kernelName: tf.Maximum,
    inputsToSave: ['b'],
    outputsToSave: [true],
    gradFunc(...values) {
      calls.push(values);
      return {};
    },
  });
  await registerGradients();
  for (const config of before) if (config.kernelName !== tf.Maximum) tf.registerGradient(config);
  await registerGradients();
  const { gradFunc, inputsToSave, outputsToSave } = tf.getGradient(tf.Maximum);
  expect({ inputsToSave, outputsToSave }).toEqual({ inputsToSave: ['a', 'b'], outputsToSave: [true] });
  await tf.setBackend('cpu');
  const [dy, a, b, y] = [tf.scalar(1), tf.scalar(2), tf.scalar(3), tf.scalar(3)];
  tf.registerBackend('unverified', () => new MathBackendCPU());
  try {
    await tf.setBackend('unverified');
    gradFunc(dy, [a, b, y], {});
    expect(calls).toEqual([[dy, [b, y], {}]]);
  } finally {
    await tf.setBackend('cpu');
    tf.removeBackend('unverified');
  }
  expect(Object.keys(gradFunc(dy, [a, b, y], {}))).toEqual(['a', 'b']);
  expect(calls).toHaveLength(1);
});
