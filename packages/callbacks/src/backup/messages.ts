import type { CallbackParams } from '../contract/callback-hooks.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { TrainingProgress } from '../contract/state.js';

/**
 * Says where training continues: `Resumed at epoch 4 of 10, batch 137 of 469, from a backup 12 s old.` The
 * age is in seconds.
 */
export function formatResume(
  { epoch, batch }: TrainingProgress,
  { epochs, steps }: CallbackParams,
  age: number,
): string {
  const isAtEnd = epoch >= epochs && batch === 0;
  const within = batch === 0 ? '' : `, batch ${batch}${steps === null ? '' : ` of ${steps}`}`;
  const place = isAtEnd
    ? `the end of epoch ${epoch} of ${epochs}`
    : `epoch ${epoch + 1} of ${epochs}${within}`;
  // The clocks of two machines may differ.
  return `Resumed at ${place}, from a backup ${Math.max(0, Math.round(age))} s old.`;
}

/** Ends a training that `preemption` stops. `isNewest` says whether its last backup is of this instant. */
export function createInterruption({ epoch, batch }: TrainingProgress, isNewest: boolean): KeepfitError {
  const done = isNewest ? 'It is backed up' : 'The last good backup was kept';
  return new KeepfitError(
    'KEEPFIT_INTERRUPTED',
    `training was interrupted in epoch ${epoch + 1} after batch ${batch}. ${done}; run fit again to continue`,
  );
}
