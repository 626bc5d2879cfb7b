import { gradientCases } from '@keepfit/fit/testing';
import { test } from 'vitest';
import { allPoints } from './all-points.js';

/**
 * `test` for the conformance kit on a GPU that software stands in for: there a shader is compiled for each
 * shape, which takes most of the time. So it leaves out the trainings of many kinds, runs the first point of each
 * op of the gradient table, and none of those whose kernels are tfjs' own and compute each cell alone.
 * `longGpuTest` runs the others: every second one in software, all on a real GPU. On cpu and wasm all run always.
 */
export function gpuTest(name: string, run: () => Promise<void>): void {
  if (!LATER.has(name)) test(name, run);
}

/** `test` for what `gpuTest` leaves to `npm run test:long`. */
export function longGpuTest(name: string, run: () => Promise<void>): void {
  if (LATER.has(name) && (allPoints || [...LATER].indexOf(name) % 2 === 0)) test(name, run);
}

const CELLWISE_OPS =
  'acos acosh asin asinh atan atanh cosh elu erf exp expm1 leakyRelu log log1p logSigmoid neg pow reciprocal relu6 ' +
  'rsqrt selu sigmoid sinh softplus sqrt square tanh abs clipByValue relu ceil floor round sign step greater ' +
  'greaterEqual less lessEqual equal notEqual sub div minimum squaredDifference mod atan2 prelu';

const LATER: ReadonlySet<string> = new Set([
  'train: to the losses of every other backend',
  ...laterOf(gradientCases().map((point) => point.name)).map((name) => `gradients: ${name}`),
]);

function laterOf(names: readonly string[]): string[] {
  const seen = new Set(CELLWISE_OPS.split(' '));
  return names.filter((name) => {
    const op = /^(fused )?\w+/.exec(name)?.[0] ?? name;
    const isLater = seen.has(op);
    seen.add(op);
    return isLater;
  });
}
