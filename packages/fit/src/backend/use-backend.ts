import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import { backend as currentBackend, engine, getBackend, ready } from '@tensorflow/tfjs-core';
import type { Backend } from '../contract/backend.js';
import { addChainedOps } from './chained-ops.js';
import { registerGradients } from './register-gradients.js';
import { markKernels } from './kernels.js';

// On tfjs' own engine, so that ESM and CJS copies of this package agree on what runs.
const STARTED = Symbol.for('keepfit.backend');

interface Engine {
  [STARTED]?: Backend;
}

/**
 * Starts a backend for training: the one given, or the first of a list that starts on this machine. Resolves to the one that did;
 * where it is not the first, a line in the console says why the others did not.
 * The one started before is stopped, so that tfjs' own kernels are in their places again.
 *
 * ```ts
 * const backend = await useBackend([wasmBackend(), cpuBackend()]);
 * ```
 *
 * @throws KEEPFIT_BACKEND_UNAVAILABLE where none starts, saying why for each. The one that ran before runs on then.
 * @throws KEEPFIT_INVALID_OPTION for what is no backend, such as a name.
 */
export async function useBackend(backends: Backend | readonly Backend[]): Promise<Backend> {
  const candidates = listOf(backends);
  const running = engine() as unknown as Engine;
  const former = running[STARTED];
  if (former !== undefined) {
    former.stop();
    markKernels(currentBackend(), 'stock');
  }
  try {
    const started = await startFirst(candidates);
    running[STARTED] = started;
    return started;
  } catch (error) {
    if (former !== undefined && (await former.start())) markKernels(currentBackend(), former.kernels);
    throw error;
  }
}

function listOf(backends: Backend | readonly Backend[]): readonly Backend[] {
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
        await ready();
        await registerGradients();
        addChainedOps();
        markKernels(currentBackend(), candidate.kernels);
        if (reasons.length > 0) console.info(`Training on "${candidate.name}", for ${reasons.join('; ')}.`);
        return candidate;
      }
      reasons.push(`${candidate.name} is not to be had on this machine`);
    } catch (error) {
      candidate.stop();
      if (isKeepfitError(error) && error.code !== 'KEEPFIT_BACKEND_UNAVAILABLE') throw error;
      reasons.push(`${candidate.name}: ${reasonOf(error)}`);
      causes.push(error);
    }
  }
  const current = getBackend() ? `tfjs stays on "${getBackend()}"` : 'tfjs has no backend';
  throw new KeepfitError(
    'KEEPFIT_BACKEND_UNAVAILABLE',
    `no backend started (${reasons.join('; ') || 'the list is empty'}); ${current}`,
    {
      cause: causes[0],
    },
  );
}

/** The codes of several errors in one message would only be in the way. */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^KEEPFIT_\w+: /, '');
}
