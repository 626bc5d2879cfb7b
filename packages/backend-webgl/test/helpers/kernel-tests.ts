import { cpuBackend } from '@keepfit/backend-cpu';
import { type Backend, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

interface Case {
  readonly name: string;
  readonly shape: readonly number[];
  of(x: tf.Tensor): tf.Tensor;
}

const pool = (shape: number[], size: number, strides: number, pad: 'same' | 'valid'): Case => ({
  name: `maxPool ${shape} of ${size}, strides ${strides}, ${pad}`,
  shape,
  of: (x) =>
    shape.length === 5
      ? tf.maxPool3d(x as tf.Tensor5D, size, strides, pad)
      : tf.maxPool(x as tf.Tensor4D, size, strides, pad),
});

const stacks = (name: string, shape: number[], by: number[]): Case => ({
  name: `matMul with ${name}`,
  shape,
  of: (x) =>
    tf.matMul(
      x,
      tf.tensor(
        Float32Array.from({ length: by.reduce((size, length) => size * length, 1) }, (_, i) => Math.sin(i)),
        by,
      ),
    ),
});

/** Both factors have values beyond their odd inner axis in the memory of a GPU, where exp(0) is 1. */
const oddProduct = (transposeA: boolean, transposeB: boolean): Case => ({
  name: `matMul over an odd axis, transposed ${transposeA} and ${transposeB}`,
  shape: [3, 3],
  of: (x) => {
    // Beyond the axis, the difference is that of 0 and -200, and its exponential Infinity.
    const far = tf.exp(tf.sub(tf.sub(x, 200), tf.mul(tf.onesLike(tf.max(x, 1, true)), -200)));
    return tf.matMul(far, tf.exp(tf.mul(x, 0.5)), transposeA, transposeB);
  },
});

/**
 * The operations whose stock kernels are wrong or missing on a GPU, in more than one size each, since tfjs
 * uses shaders again.
 */
const cases: readonly Case[] = [
  pool([2, 5, 4, 2], 2, 2, 'valid'),
  pool([1, 5, 5, 2], 3, 2, 'same'),
  pool([1, 4, 5, 1], 3, 1, 'same'),
  pool([1, 3, 4, 3, 2], 2, 2, 'same'),
  pool([1, 4, 3, 3, 1], 2, 1, 'valid'),
  ...[5, 7, 3].flatMap((length) =>
    [false, true].flatMap((exclusive) =>
      [false, true].map((fromEnd) => ({
        name: `cumsum of ${length}, exclusive ${exclusive}, from the end ${fromEnd}`,
        shape: [2, length],
        of: (x: tf.Tensor) => tf.cumsum(x, 1, exclusive, fromEnd),
      })),
    ),
  ),
  ...[2, 3].map((rows) => ({
    name: `${rows} columns of a mask, as numbers`,
    shape: [rows, 3],
    of: (x: tf.Tensor) => tf.mul(tf.transpose(x), tf.transpose(tf.cast(tf.greater(x, 0), 'float32'))),
  })),
  {
    name: 'transposed whole numbers, as floats',
    shape: [2, 3, 2],
    of: (x) => tf.transpose(tf.cast(tf.cast(x, 'int32'), 'float32')),
  },
  stacks('batches broadcast on both sides', [2, 1, 2, 3], [3, 3, 4]),
  stacks('batches of which the last is broadcast', [2, 1, 2, 3], [2, 3, 3, 4]),
  stacks('batches of which the first is broadcast', [2, 3, 2, 3], [1, 3, 3, 4]),
  ...[true, false].flatMap((a) => [true, false].map((b) => oddProduct(a, b))),
  {
    name: 'dense layer over an odd axis',
    shape: [3, 5],
    of: (x) =>
      tf.fused.matMul({
        a: tf.exp(x) as tf.Tensor2D,
        b: tf.exp(tf.fill([5, 2], 0.5)),
        bias: tf.ones([2]),
        activation: 'relu',
      }),
  },
  {
    name: 'convolution of an odd number of channels',
    shape: [1, 3, 3, 3],
    of: (x) =>
      tf.conv2d(tf.exp(x) as tf.Tensor4D, tf.exp(tf.fill([1, 1, 3, 2], 0.5)) as tf.Tensor4D, 1, 'valid'),
  },
  { name: 'sin of large numbers', shape: [7], of: (x) => tf.sin(tf.mul(x, 333)) },
  { name: 'cos of large numbers', shape: [7], of: (x) => tf.cos(tf.mul(x, 333)) },
  { name: 'tan', shape: [7], of: (x) => tf.tan(tf.div(x, 2)) },
  { name: 'floorDiv of fractions', shape: [7], of: (x) => tf.floorDiv(x, 0.75) },
  {
    name: 'floorDiv of whole floats',
    shape: [90],
    of: (x) => {
      const divisors = tf.range(1, 91);
      return tf.add(tf.floorDiv(tf.mul(divisors, 3), divisors), tf.mul(x, 0));
    },
  },
  {
    name: 'floorDiv of whole numbers',
    shape: [7],
    of: (x) => tf.cast(tf.floorDiv(tf.cast(x, 'int32'), tf.scalar(-2, 'int32')), 'float32'),
  },
  ...['add', 'mul'].map((op) => ({
    name: `${op} of five dimensions and a vector`,
    shape: [2, 3, 2, 2, 4],
    of: (x: tf.Tensor) => {
      const vector = tf.cos(tf.range(0, 4));
      return op === 'add' ? tf.add(x, vector) : tf.mul(vector, x);
    },
  })),
  { name: 'leakyRelu of five dimensions', shape: [2, 3, 2, 2, 4], of: (x) => tf.leakyRelu(x, 0.1) },
  { name: 'prod along the middle', shape: [2, 4, 3], of: (x) => tf.prod(x, 1) },
  { name: 'prod along the end', shape: [3, 6], of: (x) => tf.prod(x, 1) },
  {
    name: 'pad of five dimensions',
    shape: [2, 3, 2, 2, 2],
    of: (x) =>
      tf.pad(
        x,
        [
          [0, 0],
          [1, 1],
          [0, 0],
          [0, 1],
          [0, 0],
        ],
        3,
      ),
  },
  {
    name: 'pad of four dimensions',
    shape: [2, 3, 2, 2],
    of: (x) =>
      tf.pad(
        x,
        [
          [0, 1],
          [1, 1],
          [0, 0],
          [0, 1],
        ],
        3,
      ),
  },
  {
    name: 'slice of five dimensions',
    shape: [2, 3, 2, 2, 2],
    of: (x) => tf.slice(x, [0, 1, 0, 0, 1], [2, 2, 1, 2, 1]),
  },
];

/** Further sizes and flags of an operation. For each, software that stands in for a GPU compiles more shaders. */
const FURTHER =
  /^maxPool 1,4|^cumsum of [73]|^3 columns|batches of which|transposed (true and false|false and true)|^cos|^prod along the end|^pad of four/;

/**
 * Values and gradients of the operations that a GPU backend of keepfit puts right, with many equal values and
 * negative ones: in `npm test` each operation, and further sizes in `npm run test:long`.
 */
export function kernelTests(make: () => Backend): void {
  testCases(
    'values and gradients of the replaced kernels are those of the cpu backend',
    make,
    cases.filter(({ name }) => !FURTHER.test(name)),
  );
}

export function furtherKernelTests(make: () => Backend): void {
  testCases(
    'values and gradients of the replaced kernels are those of the cpu backend, in further sizes',
    make,
    cases.filter(({ name }) => FURTHER.test(name)),
  );
}

function testCases(title: string, make: () => Backend, chosen: readonly Case[]): void {
  test(title, async () => {
    await useBackend(cpuBackend());
    const wanted = await Promise.all(chosen.map(computed));
    await useBackend(make());
    const before = tf.memory().numTensors;
    for (const [index, one] of chosen.entries()) {
      const { values, gradients } = await computed(one);
      expectNear(values, wanted[index]?.values, one.name);
      expectNear(gradients, wanted[index]?.gradients, `the gradient of ${one.name}`);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
}

/**
 * After a restore the weights come from the host, where tfjs would compute small ones, and otherwise they are
 * on the GPU.
 */
export function placeTests(make: () => Backend): void {
  test('a small tensor gives the same bits whether it comes from the host or is on the GPU', async () => {
    await useBackend(make());
    const values = Float32Array.from({ length: 50 }, (_, i) => Math.sin(i));
    // Turning around is done on the GPU always.
    const onGpu = tf.reverse(tf.reverse(tf.tensor1d(values)));
    const fromHost = tf.tensor1d(values);
    for (const of of [tf.exp, tf.log1p, tf.sum, tf.sigmoid])
      expect([...(await of(fromHost).data())]).toEqual([...(await of(onGpu).data())]);
  });
}

async function computed({
  shape,
  of,
}: Case): Promise<{ values: readonly number[]; gradients: readonly number[] }> {
  const size = shape.reduce((product, length) => product * length, 1);
  const x = tf.tensor(
    Float32Array.from({ length: size }, (_, i) => ((i * 7) % 5) - 2.5),
    [...shape],
  );
  const values = tf.tidy(() => of(x));
  const ahead = tf.tensor(
    Float32Array.from({ length: values.size }, (_, i) => Math.cos(i)),
    values.shape,
  );
  const gradients = tf.grad(of)(x, ahead);
  const read = { values: [...(await values.data())], gradients: [...(await gradients.data())] };
  tf.dispose([x, values, ahead, gradients]);
  return read;
}

function expectNear(got: readonly number[], wanted: readonly number[] = [], name: string): void {
  expect(got, name).toHaveLength(wanted.length);
  got.forEach((value, index) =>
    expect(Math.abs(value - (wanted[index] ?? NaN)), `${name} at ${index}`).toBeLessThan(1e-4),
  );
}
