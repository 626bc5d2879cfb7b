import { useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { wasmBackend } from '../src/index.js';

beforeAll(() => useBackend(wasmBackend()));

type Op = (x: tf.Tensor) => tf.Tensor;

/** Each op, and its gradient as tfjs' own ops have it. */
const OPS: readonly (readonly [name: string, op: Op, byOps: (dy: tf.Tensor, x: tf.Tensor) => tf.Tensor])[] = [
  ['relu', tf.relu, (dy, x) => tf.mul(dy, tf.step(x))],
  ['relu6', tf.relu6, (dy, x) => tf.mul(dy, tf.cast(tf.mul(tf.lessEqual(x, 6), tf.step(x)), 'float32'))],
  ['leakyRelu', (x) => tf.leakyRelu(x, 0.3), (dy, x) => tf.where(tf.greater(x, 0), dy, tf.mul(dy, 0.3))],
  ['square', tf.square, (dy, x) => tf.mul(dy, tf.mul(x, 2))],
];
const ODD = [NaN, Infinity, -Infinity, -0, 0, 1e-45, -1e-45, 6, 6.5, -2];

test.each(OPS)(
  'the kernel for the gradient of %s gives what the ops give, for sizes of all kinds',
  (_, op, byOps) => {
    const pairs = ODD.flatMap((a) => ODD.map((b) => [a, b] as const));
    for (const size of [0, 1, 3, 4, 7, pairs.length]) {
      const x = tf.tensor1d(pairs.slice(0, size).map(([a]) => a));
      const dy = tf.tensor1d(pairs.slice(0, size).map(([, b]) => b));
      expect([...tf.grad(op)(x, dy).dataSync()]).toEqual([...byOps(dy, x).dataSync()]);
    }
  },
);
