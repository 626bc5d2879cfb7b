import { gradientCases } from '@keepfit/fit/testing';
import { test } from 'vitest';
import { allPoints, type Turn } from './all-points.js';

/**
 * `test` for the conformance kit on a GPU that software stands in for: there a shader is compiled for each
 * shape, which takes most of the time. So it runs the first point of every 18th op of the gradient table,
 * and leaves training to `backendTests`. `createLongGpuTest` makes what runs the others. On cpu and wasm all run always.
 */
export function gpuTest(name: string, run: () => Promise<void>): void {
  if (!isOfTraining(name) && !LATER.has(name) && !FURTHER.includes(name)) test(name, run);
}

/**
 * `test` for what `gpuTest` leaves to `npm run test:long`. In software, each of the two backends has every
 * 16th of the first points of the ops; of the further points, and of the ops whose kernels are tfjs' own and compute
 * each cell alone, it has one of 96. Of the tests that train, each has one half.
 */
export function createLongGpuTest(turn: Turn): typeof gpuTest {
  const first = [...LATER].filter((_, index) => allPoints || index % 16 === 8 * turn);
  const chosen = new Set([...first, ...FURTHER.filter((_, index) => allPoints || index % 96 === 48 * turn)]);
  return (name, run) => {
    if (isOfTraining(name) ? allPoints || name.length % 2 === turn : chosen.has(name)) test(name, run);
  };
}

const CELLWISE_OPS =
  'acos acosh asin asinh atan atanh cosh elu erf exp expm1 leakyRelu log log1p logSigmoid neg pow reciprocal relu6 ' +
  'rsqrt selu sigmoid sinh softplus sqrt square tanh abs clipByValue relu ceil floor round sign step greater ' +
  'greaterEqual less lessEqual equal notEqual sub div minimum squaredDifference mod atan2 prelu';

const names = gradientCases().map(({ name }) => name);
const firsts = listFirsts();
const LATER: ReadonlySet<string> = new Set(firsts.filter((_, index) => index % 18 !== 0).map(toTest));
const FURTHER = names.filter((name) => !firsts.includes(name)).map(toTest);

function isOfTraining(name: string): boolean {
  return /^(train|capture|resume|hygiene): /.test(name);
}

/** The first point of each op, but of those in `CELLWISE_OPS`. */
function listFirsts(): string[] {
  const seen = new Set(CELLWISE_OPS.split(' '));
  return names.filter((name) => {
    const op = /^(fused )?\w+/.exec(name)?.[0] ?? name;
    const isFirst = !seen.has(op);
    seen.add(op);
    return isFirst;
  });
}

function toTest(point: string): string {
  return `gradients: ${point}`;
}
