import { addN, mul, type Scalar, sum, tidy } from '@tensorflow/tfjs-core';
import type { NamedWeight } from '../contract/model.js';

/** Whether no weight is NaN or infinite: one number is read from the device. */
export async function weightsAreFinite(weights: readonly NamedWeight[]): Promise<boolean> {
  const floats = weights.filter(({ variable }) => variable.dtype === 'float32');
  if (floats.length === 0) return true;
  // Zero times a number is zero, and NaN for NaN and the infinities.
  const zero = tidy(() => addN(floats.map(({ variable }) => sum(mul(variable, 0)) as Scalar)));
  try {
    return (await zero.data())[0] === 0;
  } finally {
    zero.dispose();
  }
}
