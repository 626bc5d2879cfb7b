import { KeepfitError } from '@keepfit/callbacks';
import { getBackend, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Model } from '../contract/model.js';
import { releaseTape } from './release-tape.js';

/** How tfjs says that a backend has no kernel of a name. */
const MISSING = /kernel '(\w+)'[^']* for backend/i;

/** The name of the kernel that was missing where this error was thrown; undefined for any other error. */
function missingKernel(error: unknown): string | undefined {
  return error instanceof Error ? MISSING.exec(error.message)?.[1] : undefined;
}

/** The error of a step, in words that a person can act on where the backend lacks an op. Others come back as they are. */
export function explainMissingKernel(
  error: unknown,
  model: Model,
  inputs: Tensor | Tensor[],
  training = true,
): unknown {
  const kernel = missingKernel(error);
  if (kernel === undefined) return error;
  const who = needing(kernel, model, inputs, training) ?? 'the model, its loss or a metric';
  return new KeepfitError(
    'KEEPFIT_OP_MISSING',
    `the backend "${getBackend()}" has no kernel ${kernel}, which ${who} needs${training ? ' to train' : ''}; ` +
      'take another backend, such as wasmBackend() or cpuBackend(), or another layer',
    { cause: error },
  );
}

/** A search that fails must not hide what was found. */
function needing(
  kernel: string,
  model: Model,
  inputs: Tensor | Tensor[],
  training: boolean,
): string | undefined {
  try {
    return tidy(() => model.whereKernelIsNeeded?.(kernel, inputs, { training }) as never) as
      | string
      | undefined;
  } catch {
    return undefined;
  } finally {
    releaseTape();
  }
}
