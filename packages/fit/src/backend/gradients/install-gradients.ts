import * as tf from '@tensorflow/tfjs-core';
import { gradients } from './gradients.js';

// The mark is on the registered gradient itself, so that ESM and CJS copies of this package recognize it.
const CORRECTED = Symbol.for('keepfit.gradients');
/** Checkpoints hold it. Raise it with every change that may change a result. */
const VERSION = 1;
const tfjsHasNone: readonly string[] = [
  tf.Conv3DBackpropInputV2,
  tf.Equal,
  tf.NotEqual,
  tf.Greater,
  tf.Less,
  tf.LessEqual,
];

interface Marked extends tf.GradConfig {
  [CORRECTED]?: number;
}

/**
 * Replaces the gradients that tfjs has wrong with keepfit's. They apply to every backend, and stay.
 *
 * tfjs registers its table as a whole, over existing entries. So if the whole table is back, tfjs-layers was
 * loaded late, and this installs keepfit's gradients again. If only some of them are gone, somebody
 * registered their own gradients, which stay as well.
 */
export function installGradients(): void {
  const tableIsBack = !listOverwritten().some(({ kernelName }) => getVersion(kernelName) !== undefined);
  for (const gradient of gradients) {
    if (tableIsBack || tf.getGradient(gradient.kernelName) === undefined)
      tf.registerGradient({ ...gradient, [CORRECTED]: VERSION } as Marked);
  }
}

/** The version of the corrected gradients that tfjs uses now; 0 if it uses its own. */
export function getGradientsVersion(): number {
  return Math.max(0, ...listOverwritten().map(({ kernelName }) => getVersion(kernelName) ?? 0));
}

/** Lists the gradients that tfjs has too. */
function listOverwritten(): tf.GradConfig[] {
  return gradients.filter(({ kernelName }) => !tfjsHasNone.includes(kernelName));
}

function getVersion(kernelName: string): number | undefined {
  return (tf.getGradient(kernelName) as Marked | undefined)?.[CORRECTED];
}
