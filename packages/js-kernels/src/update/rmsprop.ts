import type { Values } from '../values.js';

const { fround, sqrt } = Math;

export interface RmspropState {
  readonly weight: Values;
  readonly gradient: Values;
  readonly squares: Values;
  readonly moments: Values;
  readonly newWeight: Float32Array;
  readonly newSquares: Float32Array;
  readonly newMoments: Float32Array;
}

export interface RmspropAttrs {
  readonly decay: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly learningRate: number;
}

/** One step of RMSProp, not centred, rounded as tfjs' ops round. */
export function rmsprop(
  { weight, gradient, squares, moments, newWeight, newSquares, newMoments }: RmspropState,
  attrs: RmspropAttrs,
): void {
  const [decay, rest, factor] = [fround(attrs.decay), fround(1 - attrs.decay), fround(attrs.momentum)];
  const [epsilon, rate] = [fround(attrs.epsilon), fround(attrs.learningRate)];
  for (let i = 0; i < newWeight.length; i++) {
    const g = gradient[i] as number;
    const s = fround(fround((squares[i] as number) * decay) + fround(fround(g * g) * rest));
    const share = fround(fround(g * rate) / fround(sqrt(fround(s + epsilon))));
    const m = fround(fround((moments[i] as number) * factor) + share);
    newSquares[i] = s;
    newMoments[i] = m;
    newWeight[i] = (weight[i] as number) - m;
  }
}
