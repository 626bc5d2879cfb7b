import * as tf from '@tensorflow/tfjs-core';
import type { GradientCase } from './gradient-case.js';
import { fillValues, toFlat, createValues, reduceValues, sampleValues, type Values } from './values.js';

type Op = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor;

const total = (numbers: readonly number[]): number => numbers.reduce((sum, value) => sum + value, 0);
const mean = (numbers: readonly number[]): number => total(numbers) / numbers.length;
const product = (numbers: readonly number[]): number => numbers.reduce((all, value) => all * value, 1);

const ROWS: readonly (readonly [string, Op, (numbers: number[]) => number, number])[] = [
  ['sum', tf.sum, total, 1],
  ['mean', tf.mean, mean, 1],
  ['max', tf.max, (numbers) => Math.max(...numbers), 1],
  ['min', tf.min, (numbers) => Math.min(...numbers), 1],
  ['prod', tf.prod as Op, product, 4],
  ['logSumExp', tf.logSumExp as Op, (numbers) => Math.log(total(numbers.map(Math.exp))), 4],
  [
    'euclidean norm',
    (x, axis, keep) => tf.norm(x, 'euclidean', axis, keep),
    (numbers) => Math.hypot(...numbers),
    4,
  ],
  [
    'variance',
    (x, axis, keep) => tf.moments(x, axis, keep).variance,
    (numbers) => mean(numbers.map((value) => (value - mean(numbers)) ** 2)),
    2,
  ],
];

const AXES: readonly (readonly [axis: number[] | undefined, keepDims: boolean])[] = [
  [undefined, false],
  [[0], false],
  [[1], true],
  [[-1], false],
  [[0, 2], false],
];

export function reductionCases(): GradientCase[] {
  const along = ROWS.flatMap(([name, op, of, slack]) =>
    AXES.map(
      ([axis, keep]) =>
        ({
          name: `${name} along ${axis === undefined ? 'all axes' : `[${axis.join()}]${keep ? ', which is kept' : ''}`}`,
          ...{
            op: (x) => op(x, oneOr(axis), keep),
            reference: (x) => reduceValues(x, of, axis, keep),
            slack,
          },
          inputs: [sampleValues([3, 4, 2], 0.25, 2.25)],
        }) satisfies GradientCase,
    ),
  );
  return [...along, ...atTies(), ...zeros(), ...long(), ...cumulative()];
}

function oneOr(axis: number[] | undefined): number | number[] | undefined {
  return axis?.length === 1 ? axis[0] : axis;
}

function atTies(): GradientCase[] {
  const inputs = [createValues([3, 3], [1, 1, 0, -1, -2, -1, 3, 3, 3])];
  return [
    {
      name: 'max of equal numbers',
      op: (x) => tf.max(x, 1),
      reference: (x) => reduceValues(x, (of) => Math.max(...of), [1]),
      inputs,
      kink: 'together',
    },
    {
      name: 'min of equal numbers',
      op: (x) => tf.min(x, 0),
      reference: (x) => reduceValues(x, (of) => Math.min(...of), [0]),
      inputs: [createValues([2, 2], [1, 2, 1, 1])],
      kink: 'together',
    },
  ];
}

function zeros(): GradientCase[] {
  return [
    {
      name: 'prod of numbers with zeros',
      op: (x) => tf.prod(x, 1),
      reference: (x) => reduceValues(x, product, [1]),
      inputs: [createValues([3, 3], [0, 2, 3, 0, 0, 4, -1, 2, -3])],
    },
  ];
}

/** As batch normalization and biases have them: many rows, few columns. */
function long(): GradientCase[] {
  return [
    {
      name: 'sum of 300 rows',
      op: (x) => tf.sum(x, 0),
      reference: (x) => reduceValues(x, total, [0]),
      inputs: [sampleValues([300, 3])],
    },
    {
      name: 'mean of an image',
      op: (x) => tf.mean(x, [1, 2]),
      reference: (x) => reduceValues(x, mean, [1, 2]),
      inputs: [sampleValues([2, 5, 3, 3])],
    },
    {
      name: 'mean of each channel, with the channels first',
      op: (x) => tf.mean(x, [0, 2, 3]),
      reference: (x) => reduceValues(x, mean, [0, 2, 3]),
      inputs: [sampleValues([2, 3, 5, 3])],
    },
    {
      name: 'sum along two axes apart, which are kept',
      op: (x) => tf.sum(x, [-1, 1], true),
      reference: (x) => reduceValues(x, total, [1, 3], true),
      inputs: [sampleValues([2, 5, 3, 7])],
    },
  ];
}

function cumulative(): GradientCase[] {
  const flags = [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const;
  return [0, 1, 2].flatMap((axis) =>
    flags.map(
      ([exclusive, reverse]) =>
        ({
          name: `cumsum along ${axis}${exclusive ? ', exclusive' : ''}${reverse ? ', reversed' : ''}`,
          ...{
            op: (x) => tf.cumsum(x, axis, exclusive, reverse),
            reference: (x) => accumulate(x, axis, exclusive, reverse),
          },
          // Axes of one length: a gradient with its axes exchanged has the right shape.
          inputs: [sampleValues([3, 3, 3])],
        }) satisfies GradientCase,
    ),
  );
}

function accumulate({ shape, data }: Values, axis: number, exclusive: boolean, reverse: boolean): Values {
  return fillValues(shape, (index) => {
    const here = index[axis] ?? 0;
    const before = Array.from({ length: shape[axis] ?? 1 }, (_, at) => at).filter((at) =>
      at === here ? !exclusive : reverse ? at > here : at < here,
    );
    return total(before.map((at) => data[toFlat(shape, replaceIndex(index, axis, at))] ?? 0));
  });
}

function replaceIndex(index: readonly number[], axis: number, at: number): number[] {
  return index.map((value, position) => (position === axis ? at : value));
}
