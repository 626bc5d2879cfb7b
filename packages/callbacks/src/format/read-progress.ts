import type { SavedTraining, TrainingProgress } from '../contract/state.js';
import { isCount } from '../checks/check-options.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import { formatValue } from '../checks/format-value.js';

/**
 * Reads how far a saved training has come.
 *
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when the state has no valid progress: a checkpoint is untrusted bytes.
 */
export function readProgress({ state }: SavedTraining): TrainingProgress {
  const progress = state['progress'] as Partial<TrainingProgress> | null | undefined;
  if (isCount(progress?.epoch) && isCount(progress.batch) && isCount(progress.step))
    return progress as TrainingProgress;
  throw new KeepfitError(
    'KEEPFIT_CHECKPOINT_CORRUPT',
    `progress of the state must have the three counts { epoch, batch, step }, but is ${formatValue(progress)}; no trainer of keepfit wrote it`,
  );
}
