import type { UpdateOps } from '../update/update-ops.js';
import { power32 } from './powers.js';

/** An exponential moving average that moves to a value: `average + (value - average) * share`. */
export function moveTo<Value>(ops: UpdateOps<Value>, average: Value, value: Value, share: number): Value {
  return ops.add(average, ops.mul(ops.sub(value, average), share));
}

/** Adam's rate with the corrections of both moments, in float32 as Keras computes it. */
export function correctRate(rate: number, beta1: number, beta2: number, count: number): number {
  const { fround, sqrt } = Math;
  const corrected = fround(rate * fround(sqrt(fround(1 - power32(beta2, count)))));
  return fround(corrected / fround(1 - power32(beta1, count)));
}
