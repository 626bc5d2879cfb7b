import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from '../contract/backend.js';
import { addChainedOps } from './chained-ops.js';
import { registerGradients } from './register-gradients.js';
import { getStarted, setStarted } from './started-backend.js';

/**
 * Starts a backend for training: the one given, or the first of a list that starts on this machine. Resolves
 * to the one that started. If it is not the first, a line in the console says why the others did not start.
 * The backend that ran before is stopped first, which restores tfjs' own kernels.
 *
 * ```ts
 * const backend = await useBackend([wasmBackend(), cpuBackend()]);
 * ```
 *
 * @throws KEEPFIT_BACKEND_UNAVAILABLE when none starts; it says why for each. The backend that ran before
 * then continues.
 * @throws KEEPFIT_INVALID_OPTION when something else than a backend is given, such as a name.
 */
export async function useBackend(backends: Backend | readonly Backend[]): Promise<Backend> {
  const candidates = toList(backends);
  const former = getStarted();
  former?.stop();
  setStarted(undefined);
  try {
    return await startFirst(candidates);
  } catch (error) {
    if (former !== undefined && (await former.start())) setStarted(former);
    throw error;
  }
}

function toList(backends: Backend | readonly Backend[]): readonly Backend[] {
  const list: readonly Backend[] = Array.isArray(backends) ? backends : [backends];
  if (list.every((backend) => typeof (backend as Partial<Backend> | null | undefined)?.start === 'function'))
    return list;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `useBackend takes a backend such as cpuBackend(), or a list of them, not ${formatValue(backends)}`,
  );
}

async function startFirst(candidates: readonly Backend[]): Promise<Backend> {
  const reasons: string[] = [];
  const causes: unknown[] = [];
  for (const candidate of candidates) {
    try {
      if (await candidate.start()) {
        await tf.ready();
        await registerGradients();
        addChainedOps();
        setStarted(candidate);
        if (reasons.length > 0)
          console.info(`Training on "${candidate.name}" because ${reasons.join('; ')}.`);
        return candidate;
      }
      reasons.push(`${candidate.name} is not available on this machine`);
    } catch (error) {
      candidate.stop();
      if (isKeepfitError(error) && error.code !== 'KEEPFIT_BACKEND_UNAVAILABLE') throw error;
      reasons.push(`${candidate.name}: ${formatReason(error)}`);
      causes.push(error);
    }
  }
  const current = tf.getBackend() ? `tfjs stays on "${tf.getBackend()}"` : 'tfjs has no backend';
  throw new KeepfitError(
    'KEEPFIT_BACKEND_UNAVAILABLE',
    `no backend started (${reasons.join('; ') || 'the list is empty'}); ${current}`,
    {
      cause: causes[0],
    },
  );
}

/** The reason without its code: several codes in one message only confuse. */
function formatReason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^KEEPFIT_\w+: /, '');
}
