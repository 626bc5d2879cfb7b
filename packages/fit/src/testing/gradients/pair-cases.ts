import * as tf from '@tensorflow/tfjs-core';
import type { GradientCase } from './gradient-case.js';
import { createValues, joinValues, sampleValues } from './values.js';

type Op = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
type Row = readonly [
  string,
  Op,
  (a: number, b: number) => number,
  { readonly low?: number; readonly slack?: number }?,
];

const floorMod = (a: number, b: number): number => a - b * Math.floor(a / b);

const ROWS: readonly Row[] = [
  ['add', tf.add, (a, b) => a + b],
  ['sub', tf.sub, (a, b) => a - b],
  ['mul', tf.mul, (a, b) => a * b],
  ['div', tf.div, (a, b) => a / b, { low: 0.5, slack: 4 }],
  ['pow', tf.pow, (a, b) => a ** b, { low: 0.25, slack: 8 }],
  ['maximum', tf.maximum, Math.max],
  ['minimum', tf.minimum, Math.min],
  ['squaredDifference', tf.squaredDifference, (a, b) => (a - b) ** 2],
  ['mod', tf.mod, floorMod, { low: 0.5, slack: 2 }],
  ['floorDiv', tf.floorDiv, (a, b) => Math.floor(a / b), { low: 0.5 }],
  ['atan2', tf.atan2, Math.atan2, { slack: 8 }],
  ['prelu', tf.prelu, (x, alpha) => (x > 0 ? x : alpha * x)],
];

const SHAPES: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3]],
  [[2, 3], []],
  [
    [2, 1],
    [1, 3],
  ],
  [
    [2, 3, 1, 2],
    [3, 4, 1],
  ],
];

/** prelu broadcasts its second input only. */
const FITTING = (name: string, [a, b]: (typeof SHAPES)[number]): boolean =>
  name !== 'prelu' || (a.length >= b.length && b.every((length) => length > 1));

export function pairCases(): GradientCase[] {
  return [...broadcast(), ...atTies(), ...special()];
}

function broadcast(): GradientCase[] {
  return ROWS.flatMap(([name, op, of, { low = -2, slack = 1 } = {}]) =>
    SHAPES.filter((shapes) => FITTING(name, shapes)).map(
      ([a, b]) =>
        ({
          name: `${name} of [${a.join()}] and [${b.join()}]`,
          ...{ op: op as GradientCase['op'], reference: (x, y) => joinValues(x, y, of), slack },
          inputs: [sampleValues(a, low, 2, 1), sampleValues(b, low, 2, 5)],
        }) satisfies GradientCase,
    ),
  );
}

function atTies(): GradientCase[] {
  const inputs = [createValues([2, 2], [1, -1, 0.5, 0]), createValues([2, 2], [1, -1, 0.5, 2])];
  return [
    {
      name: 'maximum of equal numbers',
      op: tf.maximum as GradientCase['op'],
      reference: (a, b) => joinValues(a, b, Math.max),
      inputs,
      kink: 'together',
    },
    {
      name: 'minimum of equal numbers',
      op: tf.minimum as GradientCase['op'],
      reference: (a, b) => joinValues(a, b, Math.min),
      inputs,
      kink: 'together',
    },
    {
      name: 'maximum of one number and several that are equal to it',
      ...{
        op: tf.maximum as GradientCase['op'],
        reference: (a, b) => joinValues(a, b, Math.max),
        kink: 'together',
      },
      inputs: [createValues([3], [1, 1, 0]), createValues([], [1])],
    },
  ];
}

function special(): GradientCase[] {
  const [a, b, c] = [
    sampleValues([2, 3], -2, 2, 1),
    sampleValues([2, 3], -2, 2, 2),
    sampleValues([2, 3], -2, 2, 3),
  ];
  return [
    {
      name: 'pow 0 and 1 at 0',
      ...{
        op: (x) => tf.pow(x, tf.tensor1d([0, 1, 2, 0])),
        reference: (x) => joinValues(x, createValues([4], [0, 1, 2, 0]), (base, power) => base ** power),
      },
      inputs: [createValues([4], [0, 0, 0, -1])],
    },
    {
      name: 'addN of three, one of them twice',
      ...{
        op: (x, y, z) => tf.addN([x, y, z, x] as tf.Tensor[]),
        reference: (x, y, z) =>
          joinValues(
            joinValues(x, x, (p, q) => p + q),
            joinValues(y, z, (p, q) => p + q),
            (p, q) => p + q,
          ),
      },
      inputs: [a, b, c],
    },
    {
      name: 'mul of a number with itself',
      ...{ op: (x) => tf.mul(x, x), reference: (x) => joinValues(x, x, (p, q) => p * q), inputs: [a] },
    },
    {
      name: 'where, broadcast',
      op: (x, y) => tf.where(tf.tensor1d([1, 0, 1], 'bool'), x, y),
      reference: (x, y) => {
        const chosen = createValues([3], [1, 0, 1]);
        return joinValues(
          joinValues(x, chosen, (p, yes) => p * yes),
          joinValues(y, chosen, (q, yes) => q * (1 - yes)),
          (p, q) => p + q,
        );
      },
      inputs: [a, sampleValues([1, 3], -2, 2, 4)],
    },
  ];
}
