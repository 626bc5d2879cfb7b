import * as tf from '@tensorflow/tfjs-core';
import { loadOnDemand } from '../load-on-demand.js';
import type * as gradients from './gradients/install-gradients.js';

/**
 * keepfit's gradients, once they are loaded: only training needs them, and an evaluation or a prediction does
 * not load them.
 */
let own: typeof gradients | undefined;

/**
 * Registers gradients: tfjs' own if nothing has, because tfjs-core alone has none in Node, while tfjs-layers
 * and @tensorflow/tfjs bring them; and keepfit's in place of those that tfjs has wrong (docs/backends.md
 * lists them). tfjs has one table for all backends, so they are registered for everything in the process, and
 * stay. On a backend with whose kernels keepfit's were not verified, tfjs' own compute. `useBackend` and `fit`
 * call it.
 *
 * Register a gradient of your own after `useBackend`, and it is kept.
 *
 * @throws KEEPFIT_BACKEND_UNAVAILABLE when tfjs' table or keepfit's gradients cannot be loaded.
 */
export async function registerGradients(): Promise<void> {
  if (!hasGradients())
    await loadOnDemand(
      // tfjs publishes its table as a module that only bundlers can load; keepfit's build makes a file of it.
      () => import('@tensorflow/tfjs-core/dist/register_all_gradients'),
      "tfjs' gradients could not be loaded, and nothing can be trained without; import '@tensorflow/tfjs-layers' or '@tensorflow/tfjs' first",
    );
  own ??= await loadOnDemand(
    () => import('./gradients/install-gradients.js'),
    "keepfit's gradients could not be loaded, and nothing can be trained without; serve every file of the build",
  );
  own.installGradients();
}

/** The version of keepfit's gradients that are registered now; 0 if tfjs' own are. */
export function getGradientsVersion(): number {
  return own?.getGradientsVersion() ?? 0;
}

function hasGradients(): boolean {
  return tf.getGradient('BatchMatMul') !== undefined;
}
