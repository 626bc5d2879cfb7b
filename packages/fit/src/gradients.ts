import { KeepfitError } from '@keepfit/callbacks';
import { getGradient } from '@tensorflow/tfjs-core';

/**
 * Registers tfjs' gradients where nothing has: tfjs-core alone has none in Node, tfjs-layers and @tensorflow/tfjs bring them.
 * The table is loaded only when it is missing, since it is published as a module that only bundlers can load, and keepfit's build is one.
 */
export async function registerGradients(): Promise<void> {
  if (hasGradients()) return;
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
