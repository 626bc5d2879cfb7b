import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

type Op = (x: tf.Tensor) => tf.Tensor;

/** Each op, and its gradient as tfjs' own ops have it. */
const OPS: readonly (readonly [name: string, op: Op, byOps: (dy: tf.Tensor, x: tf.Tensor) => tf.Tensor])[] = [
  ['relu', tf.relu, (dy, x) => tf.mul(dy, tf.step(x))],
  ['relu6', tf.relu6, (dy, x) => tf.mul(dy, tf.cast(tf.mul(tf.lessEqual(x, 6), tf.step(x)), 'float32'))],
  ['leakyRelu', (x) => tf.leakyRelu(x, 0.3), (dy, x) => tf.where(tf.greater(x, 0), dy, tf.mul(dy, 0.3))],
  ['square', tf.square, (dy, x) => tf.mul(dy, tf.mul(x, 2))],
  [
    'maximum(x, 6)',
    (x) => tf.maximum(x, 6),
    (dy, x) => tf.mul(dy, tf.cast(tf.greaterEqual(x, 6), 'float32')),
  ],
  ['maximum(6, x)', (x) => tf.maximum(6, x), (dy, x) => tf.mul(dy, tf.cast(tf.less(6, x), 'float32'))],
  ['minimum(x, 6)', (x) => tf.minimum(x, 6), (dy, x) => tf.mul(dy, tf.cast(tf.lessEqual(x, 6), 'float32'))],
  ['minimum(6, x)', (x) => tf.minimum(6, x), (dy, x) => tf.mul(dy, tf.cast(tf.greater(6, x), 'float32'))],
];
const ODD = [NaN, Infinity, -Infinity, -0, 0, 1e-45, -1e-45, 6, 6.5, -2];

/** Compares the kernels that replace several ops in a backward pass with these ops, bit for bit. */
export function testFusedGradients(): void {
  test.each(OPS)('the gradient of %s is that of the ops, for sizes of all kinds', (_, op, byOps) => {
    const pairs = ODD.flatMap((a) => ODD.map((b) => [a, b] as const));
    for (const size of [0, 1, 3, 4, 7, pairs.length]) {
      const x = tf.tensor1d(pairs.slice(0, size).map(([a]) => a));
      const dy = tf.tensor1d(pairs.slice(0, size).map(([, b]) => b));
      expect([...tf.grad(op)(x, dy).dataSync()]).toEqual([...byOps(dy, x).dataSync()]);
    }
  });

  test('the gradients of maximum and minimum are those of the ops, for operands of one shape', () => {
    const [a, b] = [0, 1].map((own) => tf.tensor1d(ODD.flatMap((x) => ODD.map((y) => [x, y][own]!))));
    const dy = tf.range(-50, 50);
    const ones = (mask: tf.Tensor): tf.Tensor => tf.cast(mask, 'float32');
    const cases = [
      [tf.maximum, tf.greaterEqual, tf.less],
      [tf.minimum, tf.lessEqual, tf.greater],
    ] as const;
    for (const [op, ofA, ofB] of cases) {
      const found = tf
        .grads((x, y) => op(x!, y!))([a!, b!], dy)
        .map((gradient) => [...gradient.dataSync()]);
      const wanted = [ofA, ofB].map((compare) => [...tf.mul(dy, ones(compare(a!, b!))).dataSync()]);
      expect(found).toEqual(wanted);
    }
  });

  test.each([
    [[1, 2]],
    [[130, 1]],
    [[5, 3]],
    [[63, 4]],
    [[64, 5]],
    [[65, 2, 8]],
    [[2, 7, 19, 33]],
    [[3, 0, 4]],
  ])('the gradients of batchNorm of [%s] are those of the ops', (shape) => {
    for (const odd of [false, true]) compareBatchNorm(shape, odd);
  });
}

function compareBatchNorm(shape: number[], odd: boolean): void {
  tf.tidy(() => {
    const channels = shape.at(-1)!;
    const x = tf.randomNormal(shape, 0.3, 2, 'float32', 1);
    let dy = tf.randomNormal(shape, 0, 1, 'float32', 2);
    if (odd) dy = tf.where(tf.greater(x, 3), tf.fill(shape, Infinity), tf.mul(dy, -0));
    const [mean, offset, scale] = [3, 4, 5].map((seed) => tf.randomNormal([channels], 0, 1, 'float32', seed));
    const variance = tf.randomUniform([channels], 0.1, 3, 'float32', 6);
    const given = [x, mean, variance, offset, scale] as tf.Tensor[];
    const found = tf.grads((...[a, b, c, d, e]) =>
      tf.batchNorm(a!, b as tf.Tensor1D, c as tf.Tensor1D, d as tf.Tensor1D, e as tf.Tensor1D, 0.01),
    )(given, dy);
    const wanted = differentiateByOps(dy, x, mean!, variance, scale!);
    found.forEach((gradient, at) => {
      expect(gradient.shape).toEqual(given[at]!.shape);
      expect([...gradient.dataSync()]).toEqual([...wanted[at]!.dataSync()]);
    });
  });
}

function differentiateByOps(
  dy: tf.Tensor,
  x: tf.Tensor,
  mean: tf.Tensor,
  variance: tf.Tensor,
  scale: tf.Tensor,
): tf.Tensor[] {
  const sum = (gradient: tf.Tensor): tf.Tensor =>
    tf.sum(gradient, gradient.shape.map((_, axis) => axis).slice(0, -1));
  const inverse = tf.rsqrt(tf.add(variance, 0.01));
  const [centred, scaled] = [tf.sub(x, mean), tf.mul(dy, scale)];
  const slope = tf.mul(tf.mul(tf.mul(inverse, inverse), inverse), -0.5);
  return [
    tf.mul(tf.mul(dy, inverse), scale),
    sum(tf.mul(tf.neg(inverse), scaled)),
    sum(tf.mul(tf.mul(slope, centred), scaled)),
    sum(dy),
    sum(tf.mul(dy, tf.mul(centred, inverse))),
  ];
}
