import { CallbackList, History, type Logs, type TrainingProgress } from '@keepfit/callbacks';
import { type Batch, disposeBatches } from '../data/batch-source.js';
import type { Objective } from '../objective/objective.js';
import type { RunningLogs } from '../objective/running-logs.js';
import { createRandomStream } from '../random/random-stream.js';
import { withRandom } from '../random/with-random.js';
import { BackupRequests } from './backup-requests.js';
import type { FitPlan } from './fit-plan.js';
import { FitState } from './fit-state.js';
import type { InferenceRun } from './inference-loop.js';
import { Releases } from './releases.js';
import { Resume } from './resume.js';
import { trainStep } from './train-step.js';
import { createTrainerView } from './trainer-view.js';
import type { Yielder } from './yielder.js';

/** One call of fit while it runs: what the loop steps through. */
export class FitRun {
  readonly callbacks: CallbackList;
  /** The whole run's history, epochs before a crash included. */
  readonly history = new History();
  readonly #plan: FitPlan;
  readonly #state: FitState;
  readonly #backups: BackupRequests;
  readonly #resume: Resume;
  readonly #releases = new Releases();
  /** The epochs that this call ends. */
  readonly #ended = new History();
  /** Batches taken and not yet trained. */
  #open: readonly Batch[] = [];

  constructor(plan: FitPlan) {
    const ended = { onEpochEnd: (epoch: number, logs: Logs) => this.#ended.onEpochEnd(epoch, logs) };
    this.callbacks = new CallbackList([...plan.callbacks, this.history, ended]);
    this.#plan = plan;
    this.#state = new FitState(plan, this.callbacks);
    const backups = (this.#backups = new BackupRequests(this.#state));
    const resume = (this.#resume = new Resume(this.#state));
    const view = createTrainerView(plan, this.history, this.#releases, {
      requestBackup: (sink) => backups.add(sink),
      compare: (saved) => resume.compare(saved),
      restore: (saved) => resume.restore(saved),
    });
    this.callbacks.setModel(view);
    const steps = plan.stepsPerEpoch ?? plan.source.batches ?? null;
    this.callbacks.setParams({ verbose: plan.verbose, epochs: plan.epochs, steps });
  }

  get objective(): Objective {
    return this.#plan.objective;
  }

  get yielder(): Yielder {
    return this.#plan.yielder;
  }

  get progress(): TrainingProgress {
    return this.#state.progress;
  }

  get logs(): RunningLogs {
    return this.#state.logs;
  }

  get lastLogs(): Logs {
    return this.#state.lastLogs;
  }

  get hasEpochsLeft(): boolean {
    return !this.#state.isStopped && this.#state.progress.epoch < this.#plan.epochs;
  }

  get hasBatchesLeft(): boolean {
    return !this.#state.isStopped && this.#state.progress.batch < (this.#plan.stepsPerEpoch ?? Infinity);
  }

  /**
   * Runs a loop over this run, and releases everything, even after an error. Resolves to the epochs that this
   * call ended.
   */
  async run(loop: (run: FitRun) => Promise<void>): Promise<History> {
    this.#plan.control.stopTraining = false;
    this.#releases.defer(() => this.#dispose());
    await this.#releases.runAndRelease(() => loop(this));
    return this.#ended;
  }

  /** Also restores a state within an epoch that is no longer trained because `epochs` was lowered. */
  async restoreStateBetweenEpochs(): Promise<void> {
    const saved = this.#resume.progress;
    if (saved === undefined) return;
    if (!saved.epochBegun || saved.epoch >= this.#plan.epochs) await this.#resume.restoreState();
  }

  async beginEpoch(): Promise<void> {
    if (this.#resume.isPending) {
      await this.#resume.restoreState();
      return;
    }
    await this.logs.reset();
    this.#state.progress = { ...this.#state.progress, epochBegun: true };
  }

  /** Takes the batches of the next execution; none at the end of the epoch. The run disposes them. */
  async takeBatches(): Promise<readonly Batch[]> {
    const { stepsPerEpoch, stepsPerExecution } = this.#plan;
    const { stream, progress } = this.#state;
    const wanted = Math.min(stepsPerExecution, (stepsPerEpoch ?? Infinity) - progress.batch);
    this.#open = await stream.take(wanted);
    if (this.#open.length < wanted && stepsPerEpoch !== undefined) {
      // With stepsPerEpoch an epoch continues into the next pass. An empty pass ends it, or it would never
      // end.
      await stream.beginNextPass();
      this.#open = [...this.#open, ...(await stream.take(wanted - this.#open.length))];
    }
    return this.#open;
  }

  /** Trains batches, one step each. Synchronous. */
  train(batches: readonly Batch[]): void {
    for (const batch of batches) {
      const { progress, seed } = this.#state;
      withRandom(createRandomStream(seed, 'step', progress.step), () =>
        trainStep(this.#plan, batch, this.logs),
      );
      this.#state.progress = { ...progress, batch: progress.batch + 1, step: progress.step + 1 };
    }
    disposeBatches(this.#open);
    this.#open = [];
  }

  /** After a batch's hooks: a stop takes effect. */
  applyStop(): void {
    this.#state.applyStop();
  }

  async endEpoch(logs: Logs): Promise<void> {
    const state = this.#state;
    state.lastLogs = logs;
    state.applyStop();
    await state.logs.reset();
    if (this.#plan.stepsPerEpoch === undefined) await state.stream.beginNextPass();
    state.progress = { ...state.progress, epoch: state.progress.epoch + 1, batch: 0, epochBegun: false };
  }

  /** Makes the backups that were requested since the last point. */
  async backUp(): Promise<void> {
    this.#backups.checkOptimizer();
    // Backups requested before a saved state is restored are made after that.
    if (!this.#backups.arePending || this.#resume.isPending) return;
    await this.#backups.deliver();
    this.yielder.yieldSoon();
  }

  /** How the epoch is validated; undefined if it is not. */
  findValidation(epoch: number): InferenceRun | undefined {
    const { validation, validatesAt, model, yielder } = this.#plan;
    if (validation === undefined || !validatesAt(epoch)) return undefined;
    return { ...validation, model, yielder, callbacks: this.callbacks, seed: this.#state.seed };
  }

  duringValidation<T>(validation: (afterBatch: () => Promise<void>) => Promise<T>): Promise<T> {
    return this.#backups.duringValidation(validation);
  }

  async #dispose(): Promise<void> {
    disposeBatches(this.#open);
    try {
      await this.#resume.dispose();
    } finally {
      try {
        await this.#state.stream.close();
      } finally {
        await this.#state.logs.dispose();
      }
    }
  }
}
