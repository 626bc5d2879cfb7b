import { KeepfitError } from '../contract/keepfit-error.js';

/** The error for bytes that are not what they should be. */
export function corrupt(problem: string, cause?: unknown): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_CHECKPOINT_CORRUPT',
    `the bytes are damaged, or of another kind than a checkpoint: ${problem}; use another copy of the file`,
    cause === undefined ? undefined : { cause },
  );
}
