import * as tf from '@tensorflow/tfjs-core';
import { fingerprintMath } from './fingerprint-math.js';
import { getGradientsVersion } from './register-gradients.js';
import { getRunning } from './started-backend.js';
import { getVerifiedGradients } from './verified-gradients.js';

/** The backends of tfjs that compute with the engine's Math. Its WebAssembly and shaders do not. */
const BY_MATH: readonly string[] = ['cpu'];

/**
 * The name of tfjs' backend, its kernels and the version of keepfit's gradients, as in `keepfit-wasm 4, SIMD,
 * gradients 1`. The kernels are `stock` unless `useBackend` started the backend.
 */
export function currentKernels(): { backend: string; kernels: string } {
  const parts = [getRunning()?.kernels ?? nameStockKernels(), nameGradients()];
  return { backend: tf.getBackend(), kernels: parts.filter((part) => part !== '').join(', ') };
}

function nameStockKernels(): string {
  return BY_MATH.includes(tf.getBackend()) ? `stock, ${fingerprintMath()}` : 'stock';
}

/** Names keepfit's gradients if the backend computes with them: `gradients 1`, or `gradients 1 of AvgPool`. */
function nameGradients(): string {
  const [version, verified] = [getGradientsVersion(), getVerifiedGradients()];
  if (version === 0 || verified.length === 0) return '';
  return verified === 'all'
    ? `gradients ${version}`
    : `gradients ${version} of ${[...verified].sort().join(' ')}`;
}
