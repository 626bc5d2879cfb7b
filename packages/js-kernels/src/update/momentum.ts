import type { Values } from '../values.js';

const { fround } = Math;

export interface MomentumState {
  readonly weight: Values;
  readonly gradient: Values;
  readonly accumulation: Values;
  readonly newWeight: Float32Array;
  readonly newAccumulation: Float32Array;
}

/** One step with momentum, Nesterov's where asked for, rounded as tfjs' ops round. `factor` and `step` are single-precision. */
export function momentum(
  { weight, gradient, accumulation, newWeight, newAccumulation }: MomentumState,
  factor: number,
  step: number,
  useNesterov: boolean,
): void {
  for (let i = 0; i < newWeight.length; i++) {
    const g = gradient[i] as number;
    const a = fround(fround(factor * (accumulation[i] as number)) + g);
    const direction = useNesterov ? fround(g + fround(a * factor)) : a;
    newAccumulation[i] = a;
    newWeight[i] = fround(step * direction) + (weight[i] as number);
  }
}
