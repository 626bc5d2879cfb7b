import { broadcast } from './broadcast.js';
import { runs } from './runs.js';
import type { Values } from '../memory.js';

/** An activation that tfjs fuses into a product or a convolution. */
export interface Activation {
  readonly name: string | undefined;
  readonly shape: readonly number[];
  readonly leakyreluAlpha?: number | undefined;
  /** The weights of `prelu`, which must broadcast to `shape`. */
  readonly weights?: { readonly values: Values; readonly shape: readonly number[] } | undefined;
}

/**
 * Applies an activation to new values, in place. NaN stays NaN.
 *
 * @throws Error when tfjs does not fuse the activation.
 */
export function activate(
  values: Float32Array,
  { name, shape, leakyreluAlpha = 0, weights }: Activation,
): void {
  switch (name) {
    case undefined:
    case 'linear':
      return;
    case 'relu':
      for (let i = 0; i < values.length; i++) if ((values[i] as number) < 0) values[i] = 0;
      return;
    case 'relu6':
      for (let i = 0; i < values.length; i++) values[i] = Math.min(Math.max(values[i] as number, 0), 6);
      return;
    case 'elu':
      for (let i = 0; i < values.length; i++)
        if ((values[i] as number) < 0) values[i] = Math.exp(values[i] as number) - 1;
      return;
    case 'sigmoid':
      for (let i = 0; i < values.length; i++) values[i] = 1 / (1 + Math.exp(-(values[i] as number)));
      return;
    case 'leakyrelu':
      for (let i = 0; i < values.length; i++)
        if ((values[i] as number) < 0) values[i] = (values[i] as number) * leakyreluAlpha;
      return;
    case 'prelu':
      if (weights !== undefined)
        return broadcast(runs.prelu, values, shape, weights.values, weights.shape, values);
  }
  throw new Error(`activation "${name}" cannot be fused`);
}
