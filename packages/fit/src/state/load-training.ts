import {
  type BackupSummary,
  type CheckpointStore,
  type Difference,
  KeepfitError,
  type SavedTraining,
  type StateRecord,
} from '@keepfit/callbacks';
import { formatCheckpoint, loadCheckpoint } from '@keepfit/callbacks/checkpoint';
import { escapeLine, formatValue, printWarning } from '@keepfit/callbacks/internal';
import { findDifferences } from './find-differences.js';
import { describeOptimizers } from './fingerprint.js';
import { FormerTraining, type RestoredParts } from './former-training.js';
import { checkUnused, replacingWeights } from './model-use.js';
import { findTensorDifferences, RestorableTraining } from './restore-training.js';
import { restoreRate } from './restore-rate.js';
import { readSavedState, type SavedState } from './saved-state.js';

/** See `Trainer.loadTraining`. */
export async function loadTraining(
  parts: RestoredParts,
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

/** Names an optimizer that only one of two trainings has. */
const WHOLE_OPTIMIZER = /^optimizers?$|^optimizers(\.[\w$]+|\["[^"]+"\])$/;
const CLASS = /^optimizers?[.[](.+\.)?class$/;

async function restoreIfFitting(
  parts: RestoredParts,
  source: string,
  training: SavedTraining,
  saved: SavedState,
): Promise<void> {
  const { model, optimizers } = parts;
  const inSettings = compareSettings(saved, parts);
  const tensors = new RestorableTraining(training);
  // Such as the state of tfjs' Adam, which Keras' continues.
  const isStateTaken = optimizers.every((role) => tensors.findState(role) !== undefined);
  const differences = [
    ...inSettings.filter(({ item }) => WHOLE_OPTIMIZER.test(item)),
    ...[
      ...findTensorDifferences(training, model, optimizers),
      ...inSettings.filter(({ item }) => CLASS.test(item)),
    ].filter(({ item, canContinue }) => !isStateTaken || !(canContinue && item.startsWith('optimizer'))),
  ];
  if (differences.length > 0) {
    tensors.dispose();
    throw createMismatchError(source, differences);
  }
  await restoreAll(parts, saved, tensors);
  if (inSettings.length > 0) warnOfSettings(source, inSettings);
}

function compareSettings({ fingerprint }: SavedState, { model, optimizers }: RestoredParts): Difference[] {
  const { optimizer, optimizers: several } = fingerprint as StateRecord;
  const saved = { ...(optimizer && { optimizer }), ...(several && { optimizers: several }) };
  return findDifferences(saved, describeOptimizers(optimizers, model));
}

/** Restores everything, or nothing. */
async function restoreAll(
  parts: RestoredParts,
  saved: SavedState,
  tensors: RestorableTraining,
): Promise<void> {
  const { model, optimizers } = parts;
  let former: FormerTraining | undefined;
  try {
    former = await FormerTraining.hold(parts);
    // First the rate, from which an optimizer may compute others, then its state.
    for (const role of optimizers) restoreRate(role, saved, tensors);
    await tensors.apply(model, optimizers);
    for (const { watch } of optimizers) watch.noteRestore();
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
