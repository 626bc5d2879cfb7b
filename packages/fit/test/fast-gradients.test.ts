import { cpuBackend } from '@keepfit/backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../src/backend/use-backend.js';

beforeAll(() => useBackend(cpuBackend()));

type Op = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const numbers = (shape: number[], seed: number): tf.Tensor => tf.randomNormal(shape, 0, 1.5, 'float32', seed);
const bits = (tensor: tf.Tensor): number[] => [...new Int32Array(new Float32Array(tensor.dataSync()).buffer)];
const one = (): tf.Tensor => tf.scalar(1);

/** As tfjs' own gradients have them, op by op. */
const unary: readonly [
  name: string,
  op: (x: tf.Tensor) => tf.Tensor,
  byOps: (dy: tf.Tensor, x: tf.Tensor) => tf.Tensor,
][] = [
  ['tanh', tf.tanh, (dy, x) => tf.mul(tf.sub(one(), tf.square(tf.tanh(x))), dy)],
  ['sigmoid', tf.sigmoid, (dy, x) => tf.mul(dy, tf.mul(tf.sigmoid(x), tf.sub(one(), tf.sigmoid(x))))],
  ['relu', tf.relu, (dy, x) => tf.mul(dy, tf.cast(tf.step(x), 'float32'))],
  ['relu6', tf.relu6, (dy, x) => tf.mul(dy, tf.cast(tf.mul(tf.lessEqual(x, 6), tf.step(x)), 'float32'))],
  ['leakyRelu', (x) => tf.leakyRelu(x, 0.3), (dy, x) => tf.where(tf.greater(x, 0), dy, tf.mul(dy, 0.3))],
  ['square', tf.square, (dy, x) => tf.mul(dy, tf.mul(tf.cast(x, 'float32'), 2))],
  ['log', tf.log, (dy, x) => tf.div(dy, tf.cast(x, 'float32'))],
  [
    'clipByValue',
    (x) => tf.clipByValue(x, -0.7, 0.9),
    (dy, x) => tf.where(tf.logicalAnd(tf.greaterEqual(x, -0.7), tf.lessEqual(x, 0.9)), dy, tf.zerosLike(dy)),
  ],
];

describe('the bits of the ops of tfjs', () => {
  test.each(unary)('%s', (_, op, byOps) => {
    const [x, dy] = [numbers([5, 7], 1), numbers([5, 7], 2)];
    expect(bits(tf.grad(op)(x, dy))).toEqual(bits(byOps(dy, x)));
  });

  test.each(unary)('%s, of what is no usual number', (_, op, byOps) => {
    const odd = [NaN, Infinity, -Infinity, -0, 0, 1e-45, -1e-45, 6, 6.5, -2];
    const [x, dy] = [0, 1].map((column) =>
      tf.tensor1d(odd.flatMap((a) => odd.map((b) => (column === 0 ? a : b)))),
    ) as [tf.Tensor, tf.Tensor];
    expect([...tf.grad(op)(x, dy).dataSync()]).toEqual([...byOps(dy, x).dataSync()]);
  });

  test.each([
    ['relu', tf.relu, [0, 0, 1]],
    ['relu6', tf.relu6, [0, 0, 0]],
    ['square', tf.square, [-4, 0, 14]],
  ] as const)('%s, of whole numbers', (_, op, wanted) => {
    const found = tf.grad(op)(tf.tensor1d([-2, 0, 7], 'int32'), tf.tensor1d([1, 1, 1]));
    expect([found.dtype, ...found.dataSync()]).toEqual(['float32', ...wanted]);
  });

  const binary: readonly [
    name: string,
    op: Op,
    ofA: Op,
    ofB: (a: tf.Tensor, b: tf.Tensor, dy: tf.Tensor) => tf.Tensor,
  ][] = [
    ['add', tf.add, (_, dy) => dy, (_a, _b, dy) => tf.sum(dy, 0)],
    ['sub', tf.sub, (_, dy) => dy, (_a, _b, dy) => tf.neg(tf.sum(dy, 0))],
    ['mul', tf.mul, (b, dy) => tf.mul(dy, b), (a, _, dy) => tf.sum(tf.mul(dy, a), 0)],
    [
      'div',
      tf.div,
      (b, dy) => tf.div(dy, b),
      (a, b, dy) => tf.neg(tf.div(tf.sum(tf.mul(dy, a), 0), tf.square(b))),
    ],
  ];

  test.each(binary)('%s, where b is broadcast', (_, op, ofA, ofB) => {
    const [a, b, dy] = [numbers([5, 7], 1), numbers([7], 2), numbers([5, 7], 3)];
    const [da, db] = tf.grads(op)([a, b], dy);
    expect(bits(da as tf.Tensor)).toEqual(bits(ofA(b, dy)));
    expect(bits(db as tf.Tensor)).toEqual(bits(ofB(a, b, dy)));
    expect(db?.shape).toEqual([7]);
  });

  test('of a product of floats and whole numbers', () => {
    const [x, whole] = [numbers([4], 1), tf.tensor1d([1, 2, 3, 4], 'int32')];
    expect([
      ...tf
        .grad((a) => tf.mul(a, whole))(x)
        .dataSync(),
    ]).toEqual([1, 2, 3, 4]);
  });
});

describe('sums and means, with the bits of ones that are multiplied', () => {
  /** As tfjs has them: ones of the input's shape. */
  const byOnes = (dy: tf.Tensor, shape: number[], axes: number[]): tf.Tensor =>
    tf.mul(
      tf.reshape(
        dy,
        shape.map((length, axis) => (axes.includes(axis) ? 1 : length)),
      ),
      tf.ones(shape),
    );
  const odd = [NaN, Infinity, -Infinity, -0, 0.1, 1e-45, -3.3e38];
  const cases: readonly [shape: number[], axis: number | number[] | undefined, summed: number[]][] = [
    [[], undefined, []],
    [[7], undefined, [0]],
    [[5, 7], [], []],
    [[5, 7], -1, [1]],
    [[3, 1, 7], [1], [1]],
    [
      [3, 5, 7],
      [2, 0],
      [0, 2],
    ],
    [
      [2, 3, 2, 7],
      [0, 1, 2],
      [0, 1, 2],
    ],
    [
      [2, 3, 1, 2, 1, 3],
      [1, 2, 5],
      [1, 2, 5],
    ],
    [[130, 7], 0, [0]],
    [[0, 7], 0, [0]],
    [[7, 0], [-1], [1]],
    [[7, 0], 0, [0]],
  ];

  test.each(cases)('of [%s] along %s', (shape, axis, summed) => {
    const x = numbers(shape, 1);
    const count = summed.reduce((product, at) => product * (shape[at] ?? 1), 1);
    for (const keepDims of [false, true]) {
      const like = tf.sum(x, axis, keepDims);
      const dy = tf.tensor(
        Array.from({ length: like.size }, (_, at) => odd[at % odd.length]!),
        like.shape,
      );
      expect(bits(tf.grad((a) => tf.sum(a, axis, keepDims))(x, dy))).toEqual(bits(byOnes(dy, shape, summed)));
      expect(bits(tf.grad((a) => tf.mean(a, axis, keepDims))(x, dy))).toEqual(
        bits(tf.div(byOnes(dy, shape, summed), count)),
      );
    }
  });

  test('of whole numbers', () => {
    const whole = tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32');
    for (const op of [tf.sum, tf.mean]) {
      const found = tf.grad((x) => op(x, 1))(whole, tf.tensor1d([2, -4]));
      expect([found.dtype, ...found.dataSync()]).toEqual(
        op === tf.sum ? ['float32', 2, 2, -4, -4] : ['float32', 1, 1, -2, -2],
      );
    }
  });

  test.each([
    [[2, 3], 1],
    [[2, 3], undefined],
    [[2, 0], 1],
  ])('can be differentiated again: [%s] along %s', (shape, axis) => {
    const x = numbers(shape, 1);
    const penalty = (a: tf.Tensor): tf.Tensor =>
      tf.sum(tf.square(tf.grad((b: tf.Tensor) => tf.sum(tf.square(tf.mean(tf.square(b), axis))))(a)));
    const step = 2 ** -9;
    const found = tf.grad(penalty)(x).dataSync();
    expect(found.length).toBe(x.size);
    found.forEach((slope, at) => {
      const move = tf.tensor(
        Array.from({ length: x.size }, (_, i) => (i === at ? step : 0)),
        shape,
      );
      const around = [tf.add(x, move), tf.sub(x, move)].map((near) => penalty(near).dataSync()[0]!);
      const wanted = (around[0]! - around[1]!) / (2 * step);
      expect((slope - wanted) / Math.max(1, Math.abs(wanted))).toBeCloseTo(0, 1);
    });
  });
});

test('a tensor that is added to itself, and to others, has all its gradients', () => {
  const x = tf.tensor1d([3, -2]);
  expect([
    ...tf
      .grad((a) => tf.add(tf.add(a, a), tf.mul(a, a)))(x)
      .dataSync(),
  ]).toEqual([8, -2]);
});

test.each([
  ['tanh', tf.tanh],
  ['sigmoid', tf.sigmoid],
  ['clipByValue', (x: tf.Tensor) => tf.clipByValue(x, -1, 1)],
  ['relu', tf.relu],
  ['relu6', tf.relu6],
  ['leakyRelu', (x: tf.Tensor) => tf.leakyRelu(x, 0.3)],
  ['square', tf.square],
] as const)(
  'the gradient of %s can be differentiated by what comes from behind, though the kernel that gives it has no gradient',
  (_, op) => {
    const [x, dy] = [numbers([6], 1), numbers([6], 2)];
    const slope = tf.grad(op)(x, tf.onesLike(x));
    const found = tf.grad((from) => tf.grad(op)(x, from))(dy);
    expect(bits(found)).toEqual(bits(slope));
  },
);

test('the gradient of a gradient knows the input of each op that a kernel differentiates', () => {
  const [x, step] = [tf.tensor1d([-1.5, 0.5, 2, 7]), 2 ** -8];
  const ops = [tf.relu, tf.relu6, tf.square, (a: tf.Tensor) => tf.leakyRelu(a, 0.3)];
  for (const op of ops) {
    const slope = (a: tf.Tensor): tf.Tensor =>
      tf.grad((b: tf.Tensor) => tf.sum(tf.mul(op(b), tf.square(b))))(a);
    const found = tf
      .grad((a: tf.Tensor) => tf.sum(slope(a)))(x)
      .dataSync();
    const around = [step, -step].map((move) => slope(tf.add(x, move)).dataSync());
    found.forEach((value, at) =>
      expect(value / ((around[0]![at]! - around[1]![at]!) / (2 * step) || 1)).toBeCloseTo(
        value === 0 ? 0 : 1,
        2,
      ),
    );
  }
});
