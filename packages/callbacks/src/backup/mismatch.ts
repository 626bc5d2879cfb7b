import { formatValue } from '../checks/format-value.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { Difference } from '../contract/trainer-view.js';
import type { CheckpointHeader } from '../format/checkpoint-layout.js';
import { version } from '../version.js';
import type { BackupAndRestoreOptions } from './backup-and-restore-options.js';

/**
 * Whether training continues from the checkpoint under `key`, which differs from the training in these
 * points. If not, training starts from scratch.
 *
 * @throws KEEPFIT_CHECKPOINT_MISMATCH when `onMismatch` does not allow it, or a difference makes it
 * impossible.
 */
export function decideOnMismatch(
  key: string,
  { library }: Pick<CheckpointHeader, 'library'>,
  differences: readonly Difference[],
  onMismatch: NonNullable<BackupAndRestoreOptions['onMismatch']>,
): boolean {
  if (differences.length === 0) return true;
  const decision = typeof onMismatch === 'function' ? onMismatch(differences) : onMismatch;
  if (decision === 'restart') return false;
  if (decision === 'continue' && differences.every(({ canContinue }) => canContinue)) return true;
  throw new KeepfitError('KEEPFIT_CHECKPOINT_MISMATCH', formatMismatch(key, library, differences));
}

const MOST_LISTED = 20;

/** Lists each difference, old and new, and says how to fix it. */
function formatMismatch(key: string, writer: string, differences: readonly Difference[]): string {
  const listed = differences
    .slice(0, MOST_LISTED)
    .map(
      ({ item, saved, current }) => `\n  ${item}: saved ${formatValue(saved)}, now ${formatValue(current)}`,
    );
  const more = differences.length > MOST_LISTED ? [`\n  … and ${differences.length - MOST_LISTED} more`] : [];
  const advice = differences.every(({ canContinue }) => canContinue)
    ? `onMismatch: 'continue' restores it anyway, onMismatch: 'restart' starts over`
    : `it cannot be restored here; onMismatch: 'restart' starts over`;
  const other =
    writer === version
      ? ''
      : ` To finish it exactly, install keepfit ${formatValue(writer)}, which saved it, not ${version}.`;
  return [
    `the checkpoint "${key}" is from a different training; model and checkpoint are unchanged. Differences:`,
    ...listed,
    ...more,
    `\nGive fit the same model, data and options as then, or give BackupAndRestore another name; ${advice}.`,
    other,
  ].join('');
}
