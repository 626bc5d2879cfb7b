import * as tf from '@tensorflow/tfjs-core';
import { computeFiniteDifference } from './finite-difference.js';
import type { GradientCase } from './gradient-case.js';
import { toIndex, sampleValues, type Values } from './values.js';

const ACCURACY = 1e-5;

/**
 * Runs an op and its gradient on tfjs' current backend. Throws if a number differs from the reference, or if
 * a tensor is left.
 */
export async function checkGradientCase(testCase: GradientCase): Promise<void> {
  const value = testCase.reference(...testCase.inputs);
  // Positive directions only: a sum of convex functions with positive factors is convex.
  const dy = sampleValues(value.shape, testCase.kink === undefined ? -1 : 0.25, 1, 7);
  const computed = await compute(testCase, dy);
  compare(
    'the value',
    value.shape,
    computed.value,
    (flat) => toRange(value.data[flat] ?? 0),
    findLargest(value.data),
    testCase,
  );
  const total = (inputs: readonly Values[]): number =>
    multiplyAndSum(testCase.reference(...inputs).data, dy.data);
  testCase.inputs.forEach((input, number) => {
    const slopes = Array.from(input.data, (_, flat) =>
      computeFiniteDifference(total, testCase.inputs, [{ number, flat, by: 1 }], testCase.kink !== undefined),
    );
    const scale = findLargest(slopes.flat());
    compare(
      `the gradient of input ${number}`,
      input.shape,
      computed.gradients[number],
      (flat) => slopes[flat] ?? toRange(0),
      scale,
      testCase,
    );
  });
  if (testCase.kink === 'together') compareTogether(testCase, total, computed.gradients);
}

type Range = readonly [low: number, high: number];

function toRange(value: number): Range {
  return [value, value];
}

interface Result {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

async function compute(
  { inputs, op }: GradientCase,
  dy: Values,
): Promise<{ value: Result; gradients: Result[] }> {
  const tensors = inputs.map(toTensor);
  const direction = toTensor(dy);
  let made: tf.Tensor[] = [];
  try {
    const { value, grads } = tf.valueAndGrads(op)(tensors, direction);
    made = [value, ...grads];
    const [first, ...others] = await Promise.all(
      made.map(async (result) => ({ shape: result.shape, data: (await result.data()) as Float32Array })),
    );
    return { value: first as Result, gradients: others };
  } finally {
    tf.dispose([...tensors, direction, ...made]);
  }
}

function toTensor({ data, shape }: Values): tf.Tensor {
  return tf.tensor(Float32Array.from(data), [...shape], 'float32');
}

function compare(
  what: string,
  shape: readonly number[],
  found: Result | undefined,
  wanted: (flat: number) => Range,
  scale: number,
  { slack = 1 }: GradientCase,
): void {
  if (found?.shape.join() !== shape.join())
    throw new Error(`${what} must have the shape [${shape.join()}], not [${found?.shape.join()}]`);
  const room = ACCURACY * slack * Math.max(1, scale);
  const wrong = [...found.data.keys()].filter((flat) => {
    const [low, high] = wanted(flat);
    const value = found.data[flat] ?? Number.NaN;
    return !(value >= low - room && value <= high + room);
  });
  const [first] = wrong;
  if (first === undefined) return;
  const at = `at [${toIndex(shape, first).join()}]`;
  throw new Error(
    `${what} must be ${formatRange(wanted(first))} ${at}, not ${found.data[first]}; ${wrong.length} of ${found.data.length} numbers are wrong`,
  );
}

function formatRange([low, high]: Range): string {
  return low === high ? String(low) : `from ${low} to ${high}`;
}

/**
 * At a kink each slope may be right by itself and all of them together wrong, so this also moves all inputs
 * at once.
 */
function compareTogether(
  { inputs, slack = 1 }: GradientCase,
  total: (inputs: readonly Values[]) => number,
  gradients: readonly Result[],
): void {
  for (const direction of [() => 1, (flat: number) => Math.cos(flat * 1.7)]) {
    const moves = inputs.flatMap(({ data }, number) =>
      Array.from(data, (_, flat) => ({ number, flat, by: direction(flat) })),
    );
    const [low, high] = computeFiniteDifference(total, inputs, moves, true);
    const slope = moves.reduce(
      (sum, { number, flat, by }) => sum + by * (gradients[number]?.data[flat] ?? 0),
      0,
    );
    const room = ACCURACY * slack * Math.max(1, Math.abs(low), Math.abs(high)) * 4;
    if (!(slope >= low - room && slope <= high + room)) {
      throw new Error(
        `the gradients together must come to ${formatRange([low, high])} when all inputs move at once, not to ${slope}`,
      );
    }
  }
}

function findLargest(numbers: Iterable<number>): number {
  let found = 0;
  for (const number of numbers) found = Math.max(found, Math.abs(number));
  return found;
}

function multiplyAndSum(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
