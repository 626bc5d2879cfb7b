import type { Values } from '../values.js';

const { fround } = Math;

/** One step of gradient descent: weight + step · gradient, rounded as tfjs' ops round. */
export function sgd(weight: Values, gradient: Values, newWeight: Float32Array, step: number): void {
  for (let i = 0; i < newWeight.length; i++)
    newWeight[i] = fround(step * (gradient[i] as number)) + (weight[i] as number);
}
