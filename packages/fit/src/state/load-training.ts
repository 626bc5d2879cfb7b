import {
  type BackupSummary,
  type CheckpointStore,
  type Difference,
  isKeepfitError,
  KeepfitError,
  type SavedTraining,
  type StateRecord,
} from '@keepfit/callbacks';
import {
  escapeLine,
  formatCheckpoint,
  formatValue,
  loadCheckpoint,
  printWarning,
} from '@keepfit/callbacks/internal';
import { getOptimizerClass } from '../optimizer/optimizer-kind.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import { findDifferences } from './find-differences.js';
import { describeOptimizers } from './fingerprint.js';
import { FormerTraining, type RestoredParts } from './former-training.js';
import { checkUnused, replacingWeights } from './model-use.js';
import { findTensorDifferences, RestorableTraining } from './restore-training.js';
import { restoreRate } from './restore-rate.js';
import { listSavedClasses } from './saved-optimizers.js';
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
  const { savedAt, library } = header;
  return { epoch, batch, step, savedAt: new Date(savedAt), library };
}

async function restoreIfFitting(
  parts: RestoredParts,
  source: string,
  training: SavedTraining,
  saved: SavedState,
): Promise<void> {
  const { model, optimizers } = parts;
  const inSettings = compareSettings(saved, parts);
  const tensors = new RestorableTraining(training);
  // An optimizer may continue the state of another class: Keras' Adam that of tfjs' Adam.
  const taken = optimizers.filter((role) => tensors.findState(role) !== undefined).map(({ item }) => item);
  const differences = [
    ...findTensorDifferences(training, model, optimizers).filter(
      ({ item }) => !taken.some((role) => item === `${role}.state`),
    ),
    ...compareClasses(training, optimizers).filter(
      ({ item }) => !taken.some((role) => item === `${role}.class`),
    ),
  ];
  if (differences.length > 0) {
    tensors.dispose();
    throw createMismatchError(source, differences);
  }
  try {
    await restoreAll(parts, saved, tensors);
  } catch (cause) {
    if (!isKeepfitError(cause) || cause.code !== 'KEEPFIT_CHECKPOINT_MISMATCH') throw cause;
    throw new KeepfitError(
      cause.code,
      `${source} was saved with another optimizer; nothing was changed (${cause.message})`,
      { cause },
    );
  }
  if (inSettings.length > 0) warnOfSettings(source, inSettings);
}

/** Lists the optimizers of another class, and those that only one of both trainings has. */
function compareClasses({ state }: SavedTraining, optimizers: readonly OptimizerRole[]): Difference[] {
  const saved = listSavedClasses(state);
  const current = new Map(optimizers.map(({ item, optimizer }) => [item, getOptimizerClass(optimizer)]));
  return [...new Set([...saved.keys(), ...current.keys()])]
    .map((item) => ({
      item: `${item}.class`,
      saved: saved.get(item) ?? null,
      current: current.get(item) ?? null,
      canContinue: false,
    }))
    .filter((difference) => difference.saved !== difference.current);
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
