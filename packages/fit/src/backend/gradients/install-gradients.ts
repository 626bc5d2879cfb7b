import {
  Conv3DBackpropInputV2,
  Equal,
  getGradient,
  type GradConfig,
  Greater,
  Less,
  LessEqual,
  NotEqual,
  registerGradient,
} from '@tensorflow/tfjs-core';
import { gradients } from './gradients.js';

// On the registered gradient itself, so that ESM and CJS copies of this package know each other's.
const CORRECTED = Symbol.for('keepfit.gradients');
/** Goes into the checkpoint. Raise it with every change that may change a result. */
const VERSION = 1;
const tfjsHasNone: readonly string[] = [Conv3DBackpropInputV2, Equal, NotEqual, Greater, Less, LessEqual];

interface Marked extends GradConfig {
  [CORRECTED]?: number;
}

/**
 * Puts keepfit's gradients in the place of those that tfjs has wrong. They hold for every backend, and stay.
 * tfjs registers its table as a whole, over what was there: so where it stands again, tfjs-layers was loaded late, and they are put back.
 * Where only some of them are gone, somebody has registered gradients of their own, which stay as well.
 */
export function installGradients(): void {
  const tableIsBack = !overwritten().some(({ kernelName }) => versionOf(kernelName) !== undefined);
  for (const gradient of gradients) {
    if (tableIsBack || getGradient(gradient.kernelName) === undefined)
      registerGradient({ ...gradient, [CORRECTED]: VERSION } as Marked);
  }
}

/** The version of the corrected gradients that tfjs computes with now; 0 where it has its own. */
export function gradientsVersion(): number {
  return Math.max(0, ...overwritten().map(({ kernelName }) => versionOf(kernelName) ?? 0));
}

/** Those that tfjs has too. */
function overwritten(): GradConfig[] {
  return gradients.filter(({ kernelName }) => !tfjsHasNone.includes(kernelName));
}

function versionOf(kernelName: string): number | undefined {
  return (getGradient(kernelName) as Marked | undefined)?.[CORRECTED];
}
