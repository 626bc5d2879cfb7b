import type { SavedTraining, TrainingProgress } from '../contract/state.js';
import { isCount } from '../checks/check-options.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import { formatValue } from '../checks/format-value.js';

/** Whether a checkpoint holds weights alone, which no training continues from. */
export function isWeightsOnly({ state }: SavedTraining): boolean {
  return state['content'] === 'weights';
}

/**
 * Reads how far a saved training has come.
 *
 * @throws KEEPFIT_CHECKPOINT_WEIGHTS_ONLY when the checkpoint holds weights alone.
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when the state has no valid progress: a checkpoint is untrusted bytes.
 */
export function readProgress(saved: SavedTraining): TrainingProgress {
  if (isWeightsOnly(saved))
    throw new KeepfitError(
      'KEEPFIT_CHECKPOINT_WEIGHTS_ONLY',
      'this checkpoint holds weights alone, as saveWeights and ModelCheckpoint with saveWeightsOnly write them, and no training continues from them. Give the weights to the model with loadWeights, and BackupAndRestore another name; nothing was changed',
    );
  const progress = saved.state['progress'] as Partial<TrainingProgress> | null | undefined;
  if (isCount(progress?.epoch) && isCount(progress.batch) && isCount(progress.step))
    return progress as TrainingProgress;
  throw new KeepfitError(
    'KEEPFIT_CHECKPOINT_CORRUPT',
    `progress of the state must have the three counts { epoch, batch, step }, but is ${formatValue(progress)}; no trainer of keepfit wrote it`,
  );
}
