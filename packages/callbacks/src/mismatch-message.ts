import { shown } from './shown.js';
import type { Difference } from './trainer-view.js';

const MOST_LISTED = 20;

/** Lists each difference, old and new, and what can be done. */
export function mismatchMessage(key: string, differences: readonly Difference[]): string {
  const listed = differences
    .slice(0, MOST_LISTED)
    .map(({ item, saved, current }) => `\n  ${item}: saved ${shown(saved)}, now ${shown(current)}`);
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
