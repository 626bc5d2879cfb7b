import type { StateRecord } from '@keepfit/callbacks';
import { restoreLearningRate } from '../optimizer/learning-rate.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import { hadSchedule } from './fingerprint.js';
import type { RestorableTraining } from './restore-training.js';
import { findSavedRole } from './saved-optimizers.js';
import type { SavedState } from './saved-state.js';

/**
 * Restores the learning rate of an optimizer. Another optimizer, or a rate instead of a schedule, chosen knowingly,
 * comes with its own rate.
 */
export function restoreRate(role: OptimizerRole, saved: SavedState, tensors: RestorableTraining): void {
  const found = findSavedRole(saved as unknown as StateRecord, role);
  if (found !== undefined && tensors.findState(role) !== undefined && !hadSchedule(saved.fingerprint, role))
    restoreLearningRate(role.optimizer, found.learningRate);
}
