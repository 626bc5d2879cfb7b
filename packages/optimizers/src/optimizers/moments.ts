import type { UpdateOps } from '../update/update-ops.js';
import { power32 } from './powers.js';

/** An exponential moving average that moves to a value: `average + (value - average) * share`. */
export function moveTo<Value>(ops: UpdateOps<Value>, average: Value, value: Value, share: number): Value {
  return ops.add(average, ops.mul(ops.sub(value, average), share));
}

/** Adam's means of the gradients and of the squared gradients. */
export function updateMoments<Value>(
  ops: UpdateOps<Value>,
  [momentum, velocity]: readonly [Value, Value],
  gradient: Value,
  [beta1, beta2]: readonly [number, number],
): readonly [Value, Value] {
  return [
    moveTo(ops, momentum, gradient, 1 - beta1),
    moveTo(ops, velocity, ops.mul(gradient, gradient), 1 - beta2),
  ];
}

/** Adam's rate with the corrections of both moments, in float32 as Keras computes it. */
export function correctRate(rate: number, beta1: number, beta2: number, count: number): number {
  const { fround, sqrt } = Math;
  const corrected = fround(rate * fround(sqrt(fround(1 - power32(beta2, count)))));
  return fround(corrected / fround(1 - power32(beta1, count)));
}
