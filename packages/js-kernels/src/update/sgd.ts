import type { Values } from '../memory.js';

/** One step of gradient descent: weight + step · gradient, rounded as tfjs' ops round. */
export function applySgd(weight: Values, gradient: Values, newWeight: Float32Array, step: number): void {
  for (let i = 0; i < newWeight.length; i++)
    newWeight[i] = Math.fround(step * (gradient[i] as number)) + (weight[i] as number);
}

export interface MomentumState {
  readonly weight: Values;
  readonly gradient: Values;
  readonly accumulation: Values;
  readonly newWeight: Float32Array;
  readonly newAccumulation: Float32Array;
}

/**
 * One step with momentum, or with Nesterov momentum, rounded as tfjs' ops round. `factor` and `step` are
 * single-precision.
 */
export function applyMomentum(
  { weight, gradient, accumulation, newWeight, newAccumulation }: MomentumState,
  factor: number,
  step: number,
  useNesterov: boolean,
): void {
  for (let i = 0; i < newWeight.length; i++) {
    const g = gradient[i] as number;
    const a = Math.fround(Math.fround(factor * (accumulation[i] as number)) + g);
    const direction = useNesterov ? Math.fround(g + Math.fround(a * factor)) : a;
    newAccumulation[i] = a;
    newWeight[i] = Math.fround(step * direction) + (weight[i] as number);
  }
}
