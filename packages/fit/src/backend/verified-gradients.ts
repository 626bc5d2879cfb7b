import * as tf from '@tensorflow/tfjs-core';
import { getRunning } from './started-backend.js';

/** tfjs' own backends that keepfit knows: its gradients were verified with their kernels. */
export const STOCK_BACKENDS: readonly string[] = ['cpu', 'wasm', 'webgl', 'webgpu'];

/**
 * The ops whose gradients of keepfit hold on the backend that runs, because they were verified with its
 * kernels.
 */
export function getVerifiedGradients(): 'all' | readonly string[] {
  return getRunning()?.verifiedGradients ?? (STOCK_BACKENDS.includes(tf.getBackend()) ? 'all' : []);
}

export function isVerified(kernelName: string): boolean {
  const verified = getVerifiedGradients();
  return verified === 'all' || verified.includes(kernelName);
}
