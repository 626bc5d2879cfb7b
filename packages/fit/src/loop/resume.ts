import type { Difference, SavedTraining, TrainingProgress } from '@keepfit/callbacks';
import { escapeLine, type OwnedState, printWarning } from '@keepfit/callbacks/internal';
import { FormerTraining } from '../state/former-training.js';
import { compareFingerprints } from '../objective/former-names.js';
import { readShards } from '../state/fingerprint.js';
import { restoreRate } from '../state/restore-rate.js';
import { createMismatchError, findTensorDifferences, RestorableTraining } from '../state/restore-training.js';
import { readSavedState, type SavedState } from '../state/saved-state.js';
import { DataResume } from './data-resume.js';
import type { FitState } from './fit-state.js';

interface Pending {
  readonly saved: SavedState;
  readonly tensors: RestorableTraining;
}

/**
 * Continues a fit from a saved training: weights and optimizer at once, the rest when the loop reaches the
 * saved point.
 */
export class Resume {
  readonly #state: FitState;
  readonly #data: DataResume;
  #pending: Pending | undefined;
  /** Until everything is restored: if the run ends before, nothing must stay restored. */
  #former: FormerTraining | undefined;

  constructor(state: FitState) {
    this.#state = state;
    this.#data = new DataResume(state);
  }

  /** Whether a saved training waits for the loop to reach its point. */
  get isPending(): boolean {
    return this.#pending !== undefined;
  }

  /** The progress of the training that waits; undefined if none waits. */
  get progress(): SavedState['progress'] | undefined {
    return this.#pending?.saved.progress;
  }

  /** The data are compared last: a batch is made again only for a training that may be restored. */
  async compare(training: SavedTraining): Promise<Difference[]> {
    const { model, optimizers, seed, step } = this.#state.plan;
    const saved = readSavedState(training);
    const current = this.#state.fingerprint(this.#findShards(saved));
    const reseeded =
      seed === undefined || seed === saved.seed
        ? []
        : [{ item: 'seed', saved: saved.seed, current: seed, canContinue: true }];
    const differences = [
      ...findTensorDifferences(training, model, optimizers),
      ...compareFingerprints(saved.fingerprint, current, step.given),
      ...reseeded,
    ];
    const isBehind = this.progress !== undefined && !isFurther(saved.progress, this.progress);
    if (isBehind || differences.some(({ canContinue }) => !canContinue)) return differences;
    const inData = await this.#data.compare(saved, differences);
    return [...differences, ...inData];
  }

  /** Closes data that were opened for a comparison and are not trained. */
  closeData(): Promise<void> {
    return this.#data.close();
  }

  /** Resolves false for a training that is not further than the one that waits. */
  async restore(training: SavedTraining): Promise<boolean> {
    const saved = readSavedState(training);
    if (this.progress !== undefined && !isFurther(saved.progress, this.progress)) return false;
    const { plan } = this.#state;
    const differences = findTensorDifferences(training, plan.model, plan.optimizers);
    if (!differences.every(({ canContinue }) => canContinue)) throw createMismatchError(differences);
    this.#state.stream = await this.#data.take(saved);
    const tensors = new RestorableTraining(training);
    await this.#apply(tensors);
    this.#pending?.tensors.dispose();
    this.#pending = { saved, tensors };
    this.#state.progress = saved.progress;
    this.#state.seed = plan.seed ?? saved.seed;
    this.#state.shards = this.#findShards(saved);
    warnOfInitialEpoch(plan.initialEpoch, saved.progress.epoch);
    return true;
  }

  #findShards({ fingerprint }: SavedState): number {
    return this.#state.plan.shards ?? readShards(fingerprint);
  }

  /** Applies everything or nothing. */
  async #apply(tensors: RestorableTraining): Promise<void> {
    const { plan } = this.#state;
    const { model, optimizers } = plan;
    try {
      this.#former ??= await FormerTraining.hold(plan);
      await tensors.apply(model, optimizers);
    } catch (error) {
      tensors.dispose();
      if (this.#pending === undefined) await this.#undo();
      else await this.#pending.tensors.apply(model, optimizers);
      throw error;
    }
    for (const { watch } of optimizers) watch.noteRestore();
  }

  /** Restores what hooks may have changed since `restore`, so that nothing is applied twice or reset. */
  async restoreState(): Promise<void> {
    if (this.#pending === undefined) return;
    const { saved, tensors } = this.#pending;
    this.#pending = undefined;
    const state = this.#state;
    const { model, optimizers, control } = state.plan;
    try {
      if (!this.#data.isAt(saved)) {
        await this.#data.compare(saved, []);
        state.stream = await this.#data.take(saved);
      }
      // First the rate, from which an optimizer may compute others, then its state. Another optimizer or a rate
      // instead of a schedule, chosen knowingly, comes with its own rate.
      for (const role of optimizers) restoreRate(role, saved, tensors);
      await tensors.apply(model, optimizers);
      for (const { watch } of optimizers) watch.noteRestore();
      state.logs.restore(saved.logs, tensors.metricStates());
    } finally {
      tensors.dispose();
    }
    state.progress = saved.progress;
    // A run that was saved after its last epoch hands these to `onTrainEnd`.
    state.lastLogs = saved.lastLogs;
    warnOfOrphans(await state.callbacks.setState(saved.callbacks));
    control.stopTraining = saved.stopTraining || control.isStopRequested;
    state.isStopped = saved.isStopped || control.isStopRequested;
    this.#former?.dispose();
    this.#former = undefined;
  }

  /** Undoes a restore that is not complete. */
  async dispose(): Promise<void> {
    this.#pending?.tensors.dispose();
    await this.#undo();
  }

  async #undo(): Promise<void> {
    const former = this.#former;
    this.#former = undefined;
    try {
      await former?.restore();
    } finally {
      former?.dispose();
    }
  }
}

function isFurther(a: TrainingProgress, b: TrainingProgress): boolean {
  return a.step !== b.step ? a.step > b.step : a.epoch > b.epoch;
}

function warnOfInitialEpoch(initialEpoch: number, savedEpoch: number): void {
  if (initialEpoch === 0 || initialEpoch === savedEpoch) return;
  printWarning(
    `keepfit: initialEpoch ${initialEpoch} is ignored because training continues from a checkpoint at epoch ${savedEpoch}`,
  );
}

function warnOfOrphans(orphans: readonly OwnedState[]): void {
  if (orphans.length === 0) return;
  const names = orphans
    .map(({ name, ordinal }) => escapeLine(name) + (ordinal === 0 ? '' : ` (${ordinal + 1})`))
    .join(', ');
  printWarning(
    `keepfit: the checkpoint has the state of callbacks that are not in the list: ${names}. Later checkpoints keep it`,
  );
}
