import type { SavedTraining, TrainingProgress } from '../contract/state.js';
import { isCount } from '../checks/check-options.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import { formatValue } from '../checks/format-value.js';

/** Where a saved training stands. A checkpoint is untrusted bytes: what is no progress is KEEPFIT_CHECKPOINT_CORRUPT. */
export function savedProgress({ state }: SavedTraining): TrainingProgress {
  const progress = state['progress'] as Partial<TrainingProgress> | null | undefined;
  if (isCount(progress?.epoch) && isCount(progress.batch) && isCount(progress.step))
    return progress as TrainingProgress;
  throw new KeepfitError(
    'KEEPFIT_CHECKPOINT_CORRUPT',
    `the state has no progress of three counts { epoch, batch, step }, but ${formatValue(progress)}; it was not written by a trainer of keepfit`,
  );
}
