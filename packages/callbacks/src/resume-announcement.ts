import type { CallbackParams } from './callback-hooks.js';
import type { TrainingProgress } from './capture.js';

/** Tells people where a training goes on: `Resumed at epoch 4 of 10, batch 137 of 469, from a backup 12 s old.` The age is in seconds. */
export function resumeAnnouncement(
  { epoch, batch }: TrainingProgress,
  { epochs, steps }: CallbackParams,
  age: number,
): string {
  const isAtEnd = epoch >= epochs && batch === 0;
  const within = batch === 0 ? '' : `, batch ${batch}${steps === null ? '' : ` of ${steps}`}`;
  const place = isAtEnd
    ? `the end of epoch ${epoch} of ${epochs}`
    : `epoch ${epoch + 1} of ${epochs}${within}`;
  // Clocks of two machines may differ.
  return `Resumed at ${place}, from a backup ${Math.max(0, Math.round(age))} s old.`;
}
