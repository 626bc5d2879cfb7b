import * as tf from '@tensorflow/tfjs-core';
import type { GradientCase } from './gradient-case.js';
import { fillValues, joinValues, reduceValues, sampleValues, type Values } from './values.js';

const EPSILON = 2 ** -8;
const total = (numbers: readonly number[]): number => numbers.reduce((sum, value) => sum + value, 0);

export function normalizationCases(): GradientCase[] {
  return [...batchNorm(), ...softmax(), ...localResponse()];
}

function batchNorm(): GradientCase[] {
  const shapes: readonly (readonly [x: number[], statistics: number[]])[] = [
    [[4, 3], [3]],
    [[2, 3, 4], [4]],
    [[2, 3, 2, 3], [3]],
    [[67, 7], [7]],
    [[3, 1, 1], [1]],
    [
      [2, 3, 2, 2],
      [1, 3, 1, 1],
    ],
    [
      [2, 3],
      [2, 3],
    ],
  ];
  return shapes.map(([x, statistics]): GradientCase => ({
    name: `batchNorm of [${x.join()}] with statistics of [${statistics.join()}]`,
    op: (input, mean, variance, offset, scale) =>
      tf.batchNorm(
        input as tf.Tensor,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        EPSILON,
      ),
    reference: normalizeBatch,
    inputs: [
      sampleValues(x),
      sampleValues(statistics, -1, 1, 2),
      sampleValues(statistics, 0.5, 2, 3),
      sampleValues(statistics, -1, 1, 4),
      sampleValues(statistics, -2, 2, 5),
    ],
    slack: 4,
  }));
}

function normalizeBatch(...[x, mean, variance, offset, scale]: Values[]): Values {
  const centred = joinValues(x as Values, mean as Values, (value, middle) => value - middle);
  const unit = joinValues(
    centred,
    variance as Values,
    (value, spread) => value / Math.sqrt(spread + EPSILON),
  );
  return joinValues(
    joinValues(unit, scale as Values, (value, factor) => value * factor),
    offset as Values,
    (value, shift) => value + shift,
  );
}

function softmax(): GradientCase[] {
  return [[5], [3, 4], [2, 3, 5]].flatMap((shape) => {
    const sums = (x: Values): Values =>
      reduceValues(x, (numbers) => total(numbers.map(Math.exp)), [-1], true);
    return [
      {
        name: `softmax of [${shape.join()}]`,
        op: (x) => tf.softmax(x),
        reference: (x) => joinValues(x, sums(x), (value, sum) => Math.exp(value) / sum),
        inputs: [sampleValues(shape, -4, 4)],
        slack: 2,
      },
      {
        name: `logSoftmax of [${shape.join()}]`,
        op: (x) => tf.logSoftmax(x),
        reference: (x) => joinValues(x, sums(x), (value, sum) => value - Math.log(sum)),
        inputs: [sampleValues(shape, -4, 4)],
        slack: 4,
      },
    ] satisfies GradientCase[];
  });
}

function localResponse(): GradientCase[] {
  const [radius, bias, alpha, beta] = [1, 1, 0.5, 0.75];
  return [
    {
      name: 'localResponseNormalization',
      op: (x) => tf.localResponseNormalization(x as tf.Tensor4D, radius, bias, alpha, beta),
      reference: (x) =>
        fillValues(x.shape, ([, , , channel = 0], flat) => {
          const near = [-1, 0, 1]
            .filter((by) => channel + by >= 0 && channel + by < 4)
            .map((by) => (x.data[flat + by] ?? 0) ** 2);
          return (x.data[flat] ?? 0) / (bias + alpha * total(near)) ** beta;
        }),
      ...{ inputs: [sampleValues([1, 2, 2, 4])], slack: 4 },
    },
  ];
}
