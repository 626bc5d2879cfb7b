import * as tf from '@tensorflow/tfjs-core';
import type { GradientCase } from './gradient-case.js';
import { fillValues, mapValues, joinValues, sampleValues, transposeValues, type Values } from './values.js';

/** Sizes that fill whole registers, and sizes that do not. */
const SIZES = [
  [1, 1, 1],
  [3, 4, 2],
  [4, 8, 8],
  [5, 7, 3],
  [9, 17, 6],
] as const;
/** Batch axes of both sides. */
const BATCHES: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[2], [2]],
  [[1], [3]],
  [[3], [1]],
  [[], [2]],
  [[2], []],
  [[2, 1], [3]],
  [
    [2, 3],
    [2, 3],
  ],
];
const FLAGS = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

export function matrixCases(): GradientCase[] {
  return [...plain(), ...batched(), ...fused()];
}

function plain(): GradientCase[] {
  return SIZES.flatMap(([rows, inner, columns]) =>
    FLAGS.map(([left, right]) => product([], [], rows, inner, columns, left, right)),
  );
}

function batched(): GradientCase[] {
  return BATCHES.flatMap(([a, b]) => FLAGS.map(([left, right]) => product(a, b, 2, 3, 4, left, right)));
}

function product(
  ...[batchA, batchB, rows, inner, columns, left, right]: [
    readonly number[],
    readonly number[],
    number,
    number,
    number,
    boolean,
    boolean,
  ]
): GradientCase {
  const [a, b] = [
    [...batchA, ...swapIf(left, rows, inner)],
    [...batchB, ...swapIf(right, inner, columns)],
  ];
  return {
    name: `matMul of [${a.join()}]${left ? ' turned' : ''} and [${b.join()}]${right ? ' turned' : ''}`,
    ...{
      op: (x, y) => tf.matMul(x, y, left, right),
      reference: (x, y) => multiplyStacks(left ? swapLastAxes(x) : x, right ? swapLastAxes(y) : y),
    },
    inputs: [sampleValues(a, -1, 1, 1), sampleValues(b, -1, 1, 5)],
  };
}

function swapIf(turn: boolean, first: number, second: number): [number, number] {
  return turn ? [second, first] : [first, second];
}

/** The op that dense layers use. */
function fused(): GradientCase[] {
  const inputs = [
    sampleValues([5, 6], -1, 1, 1),
    sampleValues([6, 3], -1, 1, 5),
    sampleValues([3], -1, 1, 9),
  ];
  const reference = (x: Values, y: Values, bias: Values): Values =>
    joinValues(multiplyStacks(x, y), bias, (p, q) => p + q);
  return [
    {
      name: 'fused matMul with a bias',
      op: (a, b, bias) => tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias }),
      reference,
      inputs,
    },
    {
      name: 'fused matMul with a bias and relu',
      op: (a, b, bias) =>
        tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias, activation: 'relu' }),
      ...{
        reference: (x, y, bias) => mapValues(reference(x, y, bias), (value) => Math.max(0, value)),
        inputs,
      },
    },
    {
      name: 'dot of two vectors',
      ...{
        op: (a, b) => tf.dot(a, b),
        reference: (a, b) => ({
          shape: [],
          data: multiplyStacks({ ...a, shape: [1, 5] }, { ...b, shape: [5, 1] }).data,
        }),
      },
      inputs: [sampleValues([5], -1, 1, 1), sampleValues([5], -1, 1, 5)],
    },
  ];
}

function swapLastAxes(x: Values): Values {
  const rank = x.shape.length;
  return transposeValues(x, [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2]);
}

/** Matrices of the last two axes, the others broadcast. */
function multiplyStacks(a: Values, b: Values): Values {
  const [rows = 1, inner = 1] = a.shape.slice(-2);
  const columns = b.shape.at(-1) ?? 1;
  const left = joinValues(numberMatrices(a), fillZeros(b), (number) => number);
  const right = joinValues(fillZeros(a), numberMatrices(b), (_, number) => number);
  const data = new Float64Array(left.data.length * rows * columns);
  for (let flat = 0; flat < data.length; flat++) {
    const [row, column, batch] = [
      Math.floor(flat / columns) % rows,
      flat % columns,
      Math.floor(flat / (rows * columns)),
    ];
    const [inA, inB] = [
      ((left.data[batch] ?? 0) * rows + row) * inner,
      (right.data[batch] ?? 0) * inner * columns + column,
    ];
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += (a.data[inA + k] ?? 0) * (b.data[inB + k * columns] ?? 0);
    data[flat] = sum;
  }
  return { shape: [...left.shape, rows, columns], data };
}

/** The matrices of a stack, numbered. */
function numberMatrices({ shape }: Values): Values {
  return fillValues(shape.slice(0, -2), (_, flat) => flat);
}

function fillZeros({ shape }: Values): Values {
  return fillValues(shape.slice(0, -2), () => 0);
}
