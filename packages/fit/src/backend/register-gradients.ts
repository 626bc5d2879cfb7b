import { KeepfitError } from '@keepfit/callbacks';
import { getGradient } from '@tensorflow/tfjs-core';
import { installGradients } from './gradients/install-gradients.js';

/**
 * Registers gradients: tfjs' own where nothing has, for tfjs-core alone has none in Node, while tfjs-layers and @tensorflow/tfjs bring them;
 * and keepfit's in the place of those that tfjs has wrong (docs/backends.md lists them). tfjs has one table for all backends, so this holds
 * for everything in the process, and stays. `useBackend` and `fit` call it.
 *
 * A gradient of your own is kept where it is registered after `useBackend`.
 *
 * @throws KEEPFIT_BACKEND_UNAVAILABLE where tfjs' table is missing and cannot be loaded.
 */
export async function registerGradients(): Promise<void> {
  if (!hasGradients()) await loadGradients();
  installGradients();
}

/** The table is published as a module that only bundlers can load, and keepfit's build is one. */
async function loadGradients(): Promise<void> {
  try {
    await import('@tensorflow/tfjs-core/dist/register_all_gradients');
  } catch (cause) {
    throw new KeepfitError(
      'KEEPFIT_BACKEND_UNAVAILABLE',
      `tfjs' gradients could not be loaded, and nothing can be trained without; import '@tensorflow/tfjs-layers' or '@tensorflow/tfjs' first`,
      { cause },
    );
  }
}

function hasGradients(): boolean {
  return getGradient('BatchMatMul') !== undefined;
}
