import * as tf from '@tensorflow/tfjs-core';
import { isVerified } from '../verified-gradients.js';
import { chooseGradient } from './choose-gradient.js';
import { gradients } from './gradients.js';

// The marks are on the registered gradient itself, so that ESM and CJS copies of this package recognize it.
const CORRECTED = Symbol.for('keepfit.gradients');
const FORMER = Symbol.for('keepfit.formerGradient');
/** Checkpoints hold it. Raise it with every change that may change a result. */
const VERSION = 1;
const tfjsHasNone: readonly string[] = [
  'KeepfitConv2D',
  'KeepfitReluResult',
  tf.Conv3DBackpropInputV2,
  tf.Equal,
  tf.NotEqual,
  tf.Greater,
  tf.Less,
  tf.LessEqual,
];

interface Marked extends tf.GradConfig {
  [CORRECTED]?: number;
  /** The gradient that was registered before. */
  [FORMER]?: tf.GradConfig | undefined;
}

/**
 * Replaces the gradients that tfjs has wrong with keepfit's. They stay, and give way to the former ones on
 * each backend with whose kernels they were not verified.
 *
 * tfjs registers its table as a whole, over existing entries. So if the whole table is back, tfjs-layers was
 * loaded late, and this installs keepfit's gradients again. If only some of them are gone, somebody
 * registered their own gradients, which stay as well.
 */
export function installGradients(): void {
  const tableIsBack = !listOverwritten().some(({ kernelName }) => getVersion(kernelName) !== undefined);
  for (const gradient of gradients) {
    if (tableIsBack || tf.getGradient(gradient.kernelName) === undefined) replaceGradient(gradient);
  }
}

function replaceGradient(gradient: tf.GradConfig): void {
  const registered = tf.getGradient(gradient.kernelName) as Marked | undefined;
  const former = registered?.[CORRECTED] === undefined ? registered : registered[FORMER];
  const chosen: Marked = {
    ...chooseGradient(gradient, former, isVerified),
    [CORRECTED]: VERSION,
    [FORMER]: former,
  };
  tf.registerGradient(chosen);
}

/** The version of the corrected gradients that are registered now; 0 if tfjs' own are. */
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
