import type { Values } from '../memory.js';

const { fround, sqrt } = Math;

export interface AdamState {
  readonly weight: Values;
  readonly gradient: Values;
  readonly first: Values;
  readonly second: Values;
  readonly newWeight: Float32Array;
  readonly newFirst: Float32Array;
  readonly newSecond: Float32Array;
}

export interface AdamAttrs {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly learningRate: number;
}

/**
 * One step of Adam, rounded as tfjs' ops round. `power1` and `power2` are the betas to the power of the step.
 */
export function applyAdam(
  { weight, gradient, first, second, newWeight, newFirst, newSecond }: AdamState,
  attrs: AdamAttrs,
  power1: number,
  power2: number,
): void {
  const [beta1, rest1, correction1] = [fround(attrs.beta1), fround(1 - attrs.beta1), fround(1 - power1)];
  const [beta2, rest2, correction2] = [fround(attrs.beta2), fround(1 - attrs.beta2), fround(1 - power2)];
  const [epsilon, rate] = [fround(attrs.epsilon), fround(-attrs.learningRate)];
  for (let i = 0; i < newWeight.length; i++) {
    const g = gradient[i] as number;
    const m = fround(fround((first[i] as number) * beta1) + fround(g * rest1));
    const v = fround(fround((second[i] as number) * beta2) + fround(fround(g * g) * rest2));
    const root = fround(fround(sqrt(fround(v / correction2))) + epsilon);
    newFirst[i] = m;
    newSecond[i] = v;
    newWeight[i] = fround(fround(fround(m / correction1) / root) * rate) + (weight[i] as number);
  }
}
