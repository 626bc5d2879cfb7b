import type { UpdateOps } from '../update/update-ops.js';
import { power32 } from './powers.js';

/** The options of Adam, which its relatives share. */
export interface MomentSettings {
  /**
   * The decay of the mean of the gradients.
   *
   * @default 0.9
   */
  readonly beta1: number;
  /**
   * The decay of the mean of the squared gradients.
   *
   * @default 0.999
   */
  readonly beta2: number;
  /**
   * Added to the divisor.
   *
   * @default 1e-7
   */
  readonly epsilon: number;
}

export const MOMENT_DEFAULTS: MomentSettings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/** An exponential moving average that moves to a value: `average + (value - average) * share`. */
export function moveTo<Value>(ops: UpdateOps<Value>, average: Value, value: Value, share: number): Value {
  return ops.add(average, ops.mul(ops.sub(value, average), share));
}

/** Adam's means of the gradients and of the squared gradients, after one more gradient. */
export function updateMoments<Value>(
  ops: UpdateOps<Value>,
  { momentum, velocity }: { readonly momentum: Value; readonly velocity: Value },
  gradient: Value,
  beta1: number,
  beta2: number,
): readonly [momentum: Value, velocity: Value] {
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
