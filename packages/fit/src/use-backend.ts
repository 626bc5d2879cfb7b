import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';
import { backend as currentBackend, getBackend, ready } from '@tensorflow/tfjs-core';
import type { Backend } from './backend.js';
import { registerGradients } from './gradients.js';
import { markKernels } from './kernels.js';

/**
 * Starts a backend for training: the one given, or the first of a list that starts on this machine. Resolves to the one that did.
 *
 * ```ts
 * await useBackend([wasmBackend(), cpuBackend()]);
 * ```
 *
 * @throws KEEPFIT_BACKEND_UNAVAILABLE where none starts, saying why for each.
 */
export async function useBackend(backends: Backend | readonly Backend[]): Promise<Backend> {
  const candidates = 'start' in backends ? [backends] : backends;
  const reasons: string[] = [];
  const causes: unknown[] = [];
  for (const candidate of candidates) {
    try {
      if (await candidate.start()) {
        await ready();
        markKernels(currentBackend(), candidate.kernels);
        await registerGradients();
        return candidate;
      }
      reasons.push(`${candidate.name} is not to be had on this machine`);
    } catch (error) {
      if (isKeepfitError(error) && error.code !== 'KEEPFIT_BACKEND_UNAVAILABLE') throw error;
      reasons.push(`${candidate.name}: ${error instanceof Error ? error.message : String(error)}`);
      causes.push(error);
    }
  }
  const current = getBackend() ? `tfjs stays on "${getBackend()}"` : 'tfjs has no backend';
  throw new KeepfitError('KEEPFIT_BACKEND_UNAVAILABLE', `no backend started (${reasons.join('; ') || 'the list is empty'}); ${current}`, {
    cause: causes[0],
  });
}
