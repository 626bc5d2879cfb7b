import {
  type BackupSummary,
  type CheckpointStore,
  type Difference,
  KeepfitError,
  type SavedTraining,
} from '@keepfit/callbacks';
import { formatCheckpoint, loadCheckpoint } from '@keepfit/callbacks/checkpoint';
import { escapeLine, formatValue, printWarning } from '@keepfit/callbacks/internal';
import { restoreLearningRate } from '../optimizer/learning-rate.js';
import type { OptimizerWatch } from '../optimizer/optimizer-watch.js';
import { findDifferences } from './find-differences.js';
import { describeOptimizerSettings } from './fingerprint.js';
import { FormerTraining, type RestoredParts } from './former-training.js';
import { checkUnused, replacingWeights } from './model-use.js';
import { findTensorDifferences, RestorableTraining } from './restore-training.js';
import { readSavedState, type SavedState } from './saved-state.js';

/** What a load restores into. */
export interface LoadedParts extends RestoredParts {
  readonly watch: OptimizerWatch;
}

/** See `Trainer.loadTraining`. */
export async function loadTraining(
  parts: LoadedParts,
  store: CheckpointStore,
  key: string,
): Promise<BackupSummary> {
  const caller = 'loadTraining';
  checkUnused(parts.model, caller);
  const { key: found, header, training } = await loadCheckpoint(caller, store, key);
  const saved = readSavedState(training);
  await replacingWeights(parts.model, caller, () =>
    restoreIfFitting(parts, formatCheckpoint(store, found), training, saved),
  );
  const { epoch, batch, step } = saved.progress;
  return { epoch, batch, step, savedAt: new Date(header.savedAt), library: header.library };
}

async function restoreIfFitting(
  parts: LoadedParts,
  source: string,
  training: SavedTraining,
  saved: SavedState,
): Promise<void> {
  const { model, optimizer, slots } = parts;
  const inSettings = compareSettings(saved, parts);
  const differences = [
    ...findTensorDifferences(training, model, optimizer, slots),
    ...inSettings.filter(({ item }) => item === 'optimizer.class'),
  ];
  if (differences.length > 0) throw createMismatchError(source, differences);
  await restoreAll(parts, saved, new RestorableTraining(training));
  if (inSettings.length > 0) warnOfSettings(source, inSettings);
}

function compareSettings({ fingerprint }: SavedState, { optimizer }: LoadedParts): Difference[] {
  const { optimizer: saved = null } = fingerprint as Readonly<Record<string, SavedState['fingerprint']>>;
  return findDifferences(saved, describeOptimizerSettings(optimizer), 'optimizer');
}

/** Restores everything, or nothing. */
async function restoreAll(parts: LoadedParts, saved: SavedState, tensors: RestorableTraining): Promise<void> {
  const { model, optimizer, slots, watch } = parts;
  let former: FormerTraining | undefined;
  try {
    former = await FormerTraining.hold(parts);
    // First the rate, from which an optimizer may compute others, then its state.
    restoreLearningRate(optimizer, saved.learningRate);
    await tensors.apply(model, optimizer, slots);
    watch.noteRestore();
  } catch (error) {
    await former?.restore();
    throw error;
  } finally {
    former?.dispose();
    tensors.dispose();
  }
}

function createMismatchError(source: string, differences: readonly Difference[]): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_CHECKPOINT_MISMATCH',
    `${source} is of another training; nothing was changed. Differences:${formatDifferences(differences)}\nBuild and compile the model as then, or load the weights alone with loadWeights`,
  );
}

function warnOfSettings(source: string, differences: readonly Difference[]): void {
  printWarning(
    `keepfit: ${source} was saved with other settings of the optimizer, and training continues with those of now:${formatDifferences(differences)}`,
  );
}

function formatDifferences(differences: readonly Difference[]): string {
  return differences
    .map(
      ({ item, saved, current }) =>
        `\n  ${escapeLine(item)}: saved ${formatValue(saved)}, now ${formatValue(current)}`,
    )
    .join('');
}
