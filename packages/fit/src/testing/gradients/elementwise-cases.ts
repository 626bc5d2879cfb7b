import * as tf from '@tensorflow/tfjs-core';
import type { GradientCase } from './gradient-case.js';
import { createValues, mapValues, sampleValues } from './values.js';

/** name, op, reference, lowest and highest input, slack */
type Row = readonly [string, (x: tf.Tensor) => tf.Tensor, (x: number) => number, number, number, number?];

const ALPHA = 1.6732632423543772;
const SCALE = 1.0507009873554805;
const elu = (x: number): number => (x > 0 ? x : Math.expm1(x));

const SMOOTH: readonly Row[] = [
  ['acos', tf.acos, Math.acos, -0.9, 0.9, 4],
  ['acosh', tf.acosh, Math.acosh, 1.25, 5, 4],
  ['asin', tf.asin, Math.asin, -0.9, 0.9, 4],
  ['asinh', tf.asinh, Math.asinh, -3, 3, 4],
  ['atan', tf.atan, Math.atan, -3, 3, 4],
  ['atanh', tf.atanh, Math.atanh, -0.9, 0.9, 4],
  ['cos', tf.cos, Math.cos, -4, 4, 4],
  ['cosh', tf.cosh, Math.cosh, -3, 3, 4],
  ['elu', tf.elu, elu, -3, 3],
  ['erf', tf.erf, erf, -2, 2, 4],
  ['exp', tf.exp, Math.exp, -4, 4, 4],
  ['expm1', tf.expm1, Math.expm1, -4, 4, 4],
  ['leakyRelu', (x) => tf.leakyRelu(x, 0.25), (x) => (x > 0 ? x : 0.25 * x), -2, 2],
  ['log', tf.log, Math.log, 0.125, 5, 4],
  ['log1p', tf.log1p, Math.log1p, -0.75, 5, 4],
  ['logSigmoid', tf.logSigmoid, (x) => -Math.log1p(Math.exp(-x)), -4, 4, 4],
  ['neg', tf.neg, (x) => -x, -2, 2],
  ['pow 2.5', (x) => tf.pow(x, 2.5), (x) => x ** 2.5, 0.25, 3, 4],
  ['pow 3 of negative numbers', (x) => tf.pow(x, 3), (x) => x ** 3, -3, 3, 4],
  ['reciprocal', tf.reciprocal, (x) => 1 / x, 0.25, 3, 4],
  ['relu6', tf.relu6, (x) => Math.min(6, Math.max(0, x)), -3, 9],
  ['rsqrt', tf.rsqrt, (x) => 1 / Math.sqrt(x), 0.25, 3, 4],
  ['selu', tf.selu, (x) => (x > 0 ? SCALE * x : SCALE * ALPHA * Math.expm1(x)), -3, 3],
  ['sigmoid', tf.sigmoid, (x) => 1 / (1 + Math.exp(-x)), -6, 6],
  ['sin', tf.sin, Math.sin, -4, 4, 4],
  ['sinh', tf.sinh, Math.sinh, -3, 3, 4],
  ['softplus', tf.softplus, (x) => Math.log1p(Math.exp(x)), -4, 4, 4],
  ['sqrt', tf.sqrt, Math.sqrt, 0.25, 4, 4],
  ['square', tf.square, (x) => x * x, -3, 3],
  ['tan', tf.tan, Math.tan, -1.25, 1.25, 8],
  ['tanh', tf.tanh, Math.tanh, -3, 3, 2],
];

/** Ops whose inputs include kinks: at -1, 0, 1 and 6. */
const KINKED: readonly (readonly [string, (x: tf.Tensor) => tf.Tensor, (x: number) => number])[] = [
  ['abs', tf.abs, Math.abs],
  ['clipByValue', (x) => tf.clipByValue(x, -1, 1), (x) => Math.min(1, Math.max(-1, x))],
  ['elu', tf.elu, elu],
  ['leakyRelu', (x) => tf.leakyRelu(x, 0.25), (x) => (x > 0 ? x : 0.25 * x)],
  ['relu', tf.relu, (x) => Math.max(0, x)],
  ['relu6', tf.relu6, (x) => Math.min(6, Math.max(0, x))],
  ['selu', tf.selu, (x) => (x > 0 ? SCALE * x : SCALE * ALPHA * Math.expm1(x))],
];

/** Ops that are flat except for jumps. */
const STEPS: readonly (readonly [string, (x: tf.Tensor) => tf.Tensor, (x: number) => number])[] = [
  ['ceil', tf.ceil, Math.ceil],
  ['floor', tf.floor, Math.floor],
  ['round', tf.round, Math.round],
  ['sign', tf.sign, Math.sign],
  ['step', (x) => tf.step(x, 0.5), (x) => (x > 0 ? 1 : 0.5)],
  ['greater, as a number', (x) => tf.cast(tf.greater(x, 0.5), 'float32'), (x) => Number(x > 0.5)],
  ['greaterEqual, as a number', (x) => tf.cast(tf.greaterEqual(x, 0.5), 'float32'), (x) => Number(x >= 0.5)],
  ['less, as a number', (x) => tf.cast(tf.less(x, 0.5), 'float32'), (x) => Number(x < 0.5)],
  ['lessEqual, as a number', (x) => tf.cast(tf.lessEqual(x, 0.5), 'float32'), (x) => Number(x <= 0.5)],
  ['equal, as a number', (x) => tf.cast(tf.equal(x, 0.5), 'float32'), (x) => Number(x === 0.5)],
  ['notEqual, as a number', (x) => tf.cast(tf.notEqual(x, 0.5), 'float32'), (x) => Number(x !== 0.5)],
];

export function elementwiseCases(): GradientCase[] {
  const kinks = createValues([9], [-2, -1, -0.5, 0, 0.5, 1, 2, 6, 7]);
  return [
    ...SMOOTH.map(
      ([name, op, of, low, high, slack = 1]) =>
        ({
          ...{ name, op, reference: (x) => mapValues(x, of), slack },
          inputs: [sampleValues([3, 5], low, high)],
        }) satisfies GradientCase,
    ),
    ...KINKED.map(
      ([name, op, of]) =>
        ({
          name: `${name} at its kinks`,
          op,
          reference: (x) => mapValues(x, of),
          inputs: [kinks],
          kink: 'apart',
          slack: 4,
        }) satisfies GradientCase,
    ),
    // A number of elements that does not fill whole registers of four.
    ...STEPS.map(
      ([name, op, of]) =>
        ({
          name,
          op,
          reference: (x) => mapValues(x, of),
          inputs: [sampleValues([7], -3, 3)],
        }) satisfies GradientCase,
    ),
  ];
}

/** The error function by its Taylor series, exact to about 1e-15 in [-3, 3]. https://dlmf.nist.gov/7.6#E1 */
function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 80; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
