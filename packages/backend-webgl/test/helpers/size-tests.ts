import { cpuBackend } from '@keepfit/backend-cpu';
import { type Backend, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { allPoints, type Turn } from './all-points.js';

interface Case {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  of(...inputs: tf.Tensor[]): tf.Tensor;
}

const product = (left: number[], right: number[], transposeA = false, transposeB = false): Case => ({
  name: `matMul of ${left} and ${right}${transposeA ? ', the first transposed' : ''}${transposeB ? ', the second transposed' : ''}`,
  shapes: [left, right],
  of: (a, b) => tf.matMul(a as tf.Tensor, b as tf.Tensor, transposeA, transposeB),
});

const convolution = (image: number[], filter: number[], strides: number, pad: 'same' | 'valid'): Case => ({
  name: `conv2d of ${image} by ${filter}, strides ${strides}, ${pad}`,
  shapes: [image, filter],
  of: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad),
});

const depthwise = (image: number[], filter: number[], strides: number): Case => ({
  name: `depthwiseConv2d of ${image} by ${filter}, strides ${strides}`,
  shapes: [image, filter],
  of: (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, 'same'),
});

const transposed = (image: number[], filter: number[], out: number[], strides: number): Case => ({
  name: `conv2dTranspose of ${image} by ${filter}, strides ${strides}`,
  shapes: [image, filter],
  of: (x, w) =>
    tf.conv2dTranspose(
      x as tf.Tensor4D,
      w as tf.Tensor4D,
      out as [number, number, number, number],
      strides,
      'same',
    ),
});

const volume = (image: number[], filter: number[], strides: number): Case => ({
  name: `conv3d of ${image} by ${filter}, strides ${strides}`,
  shapes: [image, filter],
  of: (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, strides, 'same'),
});

const pool = (kind: 'avg' | 'max', image: number[], size: number, strides: number): Case => ({
  name: `${kind}Pool of ${image} by ${size}, strides ${strides}`,
  shapes: [image],
  of: (x) =>
    image.length === 5
      ? (kind === 'avg' ? tf.avgPool3d : tf.maxPool3d)(x as tf.Tensor5D, size, strides, 'same')
      : (kind === 'avg' ? tf.avgPool : tf.maxPool)(x as tf.Tensor4D, size, strides, 'same'),
});

const segments = (rows: number, cells: number[], count: number): Case => ({
  name: `unsortedSegmentSum of ${rows} rows of ${cells} in ${count} segments`,
  shapes: [[rows, ...cells]],
  of: (x) => {
    // Some rows belong to no segment.
    const numbers = Int32Array.from({ length: rows }, (_, row) => ((row * row) % (count + 2)) - 1);
    return tf.unsortedSegmentSum(x as tf.Tensor, tf.tensor1d(numbers, 'int32'), count);
  },
});

/** More of both on a real GPU because they take no time there. */
const [strided, repeats] = allPoints ? [[3, 5, 6, 7, 9, 10, 11, 13, 14, 15], 8] : [[3, 7], 1];

/** Sizes at which many threads share a result, and strides whose reciprocals are no binary fractions. */
const cases: readonly Case[] = [
  product([32, 3136], [3136, 128]),
  product([31, 2003], [2003, 17]),
  product([2, 2500], [2500, 400]),
  product([4096, 64], [4096, 96], true),
  product([2050, 33], [2050, 35], true),
  product([40, 4096], [48, 4096], false, true),
  product([300, 2048], [2048, 300]),
  product([8, 5000], [5000, 10]),
  product([4, 40, 2500], [4, 2500, 40]),
  product([1, 40, 2500], [1, 2500, 40]),
  product([130, 70], [70, 190]),
  {
    name: 'fused.matMul of 32,3136 and 3136,128 with a bias',
    shapes: [[32, 3136], [3136, 128], [128]],
    of: (a, b, bias) =>
      tf.fused.matMul({ a: a as tf.Tensor, b: b as tf.Tensor, bias: bias as tf.Tensor, activation: 'relu' }),
  },
  convolution([1, 7, 7, 2048], [1, 1, 2048, 32], 1, 'same'),
  convolution([16, 7, 7, 64], [7, 7, 64, 32], 1, 'valid'),
  convolution([8, 14, 14, 16], [3, 3, 16, 32], 1, 'same'),
  {
    name: 'fused.conv2d of 16,7,7,64 by 7,7,64,32 with a bias',
    shapes: [[16, 7, 7, 64], [7, 7, 64, 32], [32]],
    of: (x, filter, bias) =>
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        bias: bias as tf.Tensor,
        strides: 1,
        pad: 'valid',
        activation: 'relu',
      }),
  },
  ...strided.flatMap((stride) => [
    convolution([1, 8 * stride, 8 * stride, 4], [3, 3, 4, 4], stride, 'valid'),
    convolution([1, 8 * stride, 8 * stride, 3], [3, 3, 3, 5], stride, 'same'),
    depthwise([1, 8 * stride, 8 * stride, 3], [3, 3, 3, 2], stride),
    transposed([1, 8, 8, 4], [3, 3, 4, 4], [1, 8 * stride, 8 * stride, 4], stride),
    transposed([1, 8, 8, 3], [3, 3, 2, 3], [1, 8 * stride, 8 * stride, 2], stride),
    pool('avg', [1, 8 * stride, 8 * stride, 2], 3, stride),
    pool('max', [1, 8 * stride, 8 * stride, 2], 3, stride),
  ]),
  {
    name: 'conv2d with strides of 7 and 2, padded by 1',
    shapes: [
      [2, 44, 20, 3],
      [4, 3, 3, 5],
    ],
    of: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, [7, 2], 1),
  },
  {
    name: 'conv2d with the channels first, strides 7',
    shapes: [
      [2, 3, 44, 30],
      [9, 3, 3, 5],
    ],
    of: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 7, 'same', 'NCHW'),
  },
  ...[3, 7].flatMap((stride) => [
    volume([1, 4 * stride, 4 * stride, 4 * stride, 2], [2, 2, 2, 2, 3], stride),
    pool('avg', [1, 4 * stride, 4 * stride, 4 * stride, 2], 2, stride),
    pool('max', [1, 4 * stride, 4 * stride, 4 * stride, 2], 2, stride),
  ]),
  segments(4096, [33], 50),
  segments(3000, [2, 5], 1000),
  segments(500, [], 7),
  {
    name: 'gather of 4096 rows of a table',
    shapes: [[60, 32]],
    of: (table) => {
      const rows = Int32Array.from({ length: 4096 }, (_, i) => (i * i) % 60);
      return tf.gather(table as tf.Tensor, tf.tensor1d(rows, 'int32'));
    },
  },
  { name: 'cumsum of 20000', shapes: [[2, 20000]], of: (x) => tf.cumsum(x as tf.Tensor, 1) },
  {
    name: 'reverse cumsum of 5000',
    shapes: [[2, 5000]],
    of: (x) => tf.cumsum(x as tf.Tensor, 1, true, true),
  },
  { name: 'sum of 100000', shapes: [[3, 100000]], of: (x) => tf.sum(x as tf.Tensor, 1) },
  { name: 'mean of columns', shapes: [[3000, 40]], of: (x) => tf.mean(x as tf.Tensor, 0) },
  { name: 'max of 10000', shapes: [[3, 10000]], of: (x) => tf.max(x as tf.Tensor, 1) },
  { name: 'softmax of 1000 classes', shapes: [[64, 1000]], of: (x) => tf.softmax(x as tf.Tensor2D) },
  { name: 'logSoftmax of 5000', shapes: [[4, 5000]], of: (x) => tf.logSoftmax(x as tf.Tensor2D) },
  {
    name: 'whole numbers over whole numbers',
    shapes: [[900]],
    of: (x) => {
      const numbers = tf.range(1, 901);
      return tf.add(tf.floorDiv(tf.mul(numbers, 3), numbers), tf.mul(x as tf.Tensor, 0));
    },
  },
  {
    name: 'mod of whole numbers',
    shapes: [[900]],
    of: (x) => tf.add(tf.mod(tf.mul(tf.range(1, 901), 7), 7), tf.mul(x as tf.Tensor, 0)),
  },
  {
    name: 'squares of whole numbers',
    shapes: [[300]],
    of: (x) => tf.add(tf.pow(tf.range(-150, 150), 2), tf.mul(x as tf.Tensor, 0)),
  },
];

/** Values and gradients at the sizes of a real training: right, and each time the same bits. */
export function sizeTests(make: () => Backend, turn: Turn): void {
  // In software each case compiles shaders for seconds, so it computes a sample of them.
  const tried = allPoints ? cases : cases.filter((_, index) => index % 24 === 12 * turn);
  for (const one of tried)
    test(`${one.name} has the values and gradients of the cpu backend, and repeats itself bit for bit`, async () => {
      await useBackend(cpuBackend());
      const wanted = await compute(one);
      await useBackend(make());
      const before = tf.memory().numTensors;
      const found = await compute(one);
      found.forEach((values, index) =>
        expectNear(values, wanted[index], index === 0 ? 'values' : `gradient ${index}`),
      );
      for (let again = 0; again < repeats; again++) {
        const repeated = await compute(one);
        repeated.forEach((values, index) => expect(countDifferences(values, found[index])).toBe(0));
      }
      expect(tf.memory().numTensors).toBe(before);
    });
}

/** The values, and the gradient of each input. */
async function compute({ shapes, of }: Case): Promise<readonly Float32Array[]> {
  const inputs = shapes.map((shape, input) => makeWaves(shape, input));
  const results = tf.tidy(() => {
    const values = of(...inputs);
    const ahead = makeWaves(values.shape, 9);
    return [values, ...tf.grads((...xs: tf.Tensor[]) => of(...xs))(inputs, ahead)];
  });
  const read = await Promise.all(results.map(async (result) => (await result.data()) as Float32Array));
  tf.dispose([inputs, results]);
  return read;
}

function makeWaves(shape: readonly number[], seed: number): tf.Tensor {
  const size = shape.reduce((total, length) => total * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * (i % 1009) + seed)),
    [...shape],
  );
}

function expectNear(values: Float32Array, wanted: Float32Array = new Float32Array(), name: string): void {
  expect(values.length, name).toBe(wanted.length);
  const scale = wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3);
  const off = values.reduce(
    (largest, value, index) =>
      Math.max(largest, Number.isNaN(value) ? Infinity : Math.abs(value - (wanted[index] ?? NaN))),
    0,
  );
  expect(off / scale, name).toBeLessThan(1e-5);
}

function countDifferences(values: Float32Array, others: Float32Array = new Float32Array()): number {
  const bits = new Int32Array(others.slice().buffer);
  return new Int32Array(values.slice().buffer).reduce(
    (count, own, index) => count + (own === bits[index] ? 0 : 1),
    0,
  );
}
