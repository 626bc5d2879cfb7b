import { formatValue } from '../checks/format-value.js';
import type { CallbackParams } from '../contract/callback-hooks.js';
import type { TrainingProgress } from '../contract/state.js';
import type { Difference } from '../contract/trainer-view.js';

const MOST_LISTED = 20;

/** Lists each difference, old and new, and what can be done. */
export function mismatchMessage(key: string, differences: readonly Difference[]): string {
  const listed = differences
    .slice(0, MOST_LISTED)
    .map(
      ({ item, saved, current }) => `\n  ${item}: saved ${formatValue(saved)}, now ${formatValue(current)}`,
    );
  const more = differences.length > MOST_LISTED ? [`\n  … and ${differences.length - MOST_LISTED} more`] : [];
  const advice = differences.every(({ canContinue }) => canContinue)
    ? `onMismatch: 'continue' restores it all the same, onMismatch: 'restart' starts over`
    : `it cannot be restored here; onMismatch: 'restart' starts over`;
  return [
    `the checkpoint "${key}" is of another training; model and checkpoint are as they were. What differs:`,
    ...listed,
    ...more,
    `\nGive fit what it was given then, or another name to BackupAndRestore; ${advice}.`,
  ].join('');
}

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
