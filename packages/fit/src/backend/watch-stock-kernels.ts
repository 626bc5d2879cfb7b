import * as tf from '@tensorflow/tfjs-core';
import { loadOnDemand } from '../load-on-demand.js';
import { getRunning } from './started-backend.js';
import type * as stock from './stock/watch-kernels.js';
import { STOCK_BACKENDS } from './verified-gradients.js';

/** What watches stock kernels, once it is loaded: no backend that `useBackend` started needs it. */
let watcher: typeof stock | undefined;

/**
 * Runs `compute`. If nobody has started the current backend with `useBackend`, tfjs' own kernels compute, some
 * of which are known to be wrong: a training then warns once, and a kernel throws KEEPFIT_OP_MISSING before it
 * gives a wrong number.
 */
export async function withWatchedKernels<T>(
  purpose: 'training' | 'inference',
  compute: () => Promise<T>,
): Promise<T> {
  const backend = tf.getBackend();
  if (!STOCK_BACKENDS.includes(backend) || (getRunning()?.kernels ?? 'stock') !== 'stock') return compute();
  watcher ??= await loadOnDemand(
    () => import('./stock/watch-kernels.js'),
    "what watches tfjs' own kernels could not be loaded; serve every file of the build",
  );
  if (purpose === 'training') watcher.warnOfStock(backend);
  const end = watcher.watchKernels(backend);
  try {
    return await compute();
  } finally {
    end();
  }
}
