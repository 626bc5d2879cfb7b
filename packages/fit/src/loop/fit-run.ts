import {
  CallbackList,
  History,
  type Logs,
  type TrainerView,
  type TrainingProgress,
} from '@keepfit/callbacks';
import { type Batch, disposeBatches } from '../data/batch-source.js';
import { nameWeights } from '../optimizer/name-weights.js';
import type { RunningLogs } from '../objective/running-logs.js';
import { createRandomStream } from '../random/random-stream.js';
import { withRandom } from '../random/with-random.js';
import { finalizeWeights } from '../state/final-weights.js';
import { loadOnDemand } from '../load-on-demand.js';
import type { SharedRun } from '../sharded/shared-run.js';
import { BackupRequests } from './backup-requests.js';
import type { FitPlan } from './fit-plan.js';
import { FitState } from './fit-state.js';
import { HookCalls } from './hook-calls.js';
import { ignoreOutputErrors } from './ignore-output-errors.js';
import type { InferenceRun } from './inference-loop.js';
import { openSharedRun } from './open-shared-run.js';
import { Releases } from './releases.js';
import { Replay } from './replay.js';
import type { Resume } from './resume.js';
import { createNoBatchError, warnOfEndOfData, warnOfPastEnd, warnOfShortPass } from './running-out.js';
import type { Step } from '../steps/step.js';
import { createTrainerView } from './trainer-view.js';
import type { Yielder } from './yielder.js';

/** One call of fit while it runs. The loop steps through it. */
export class FitRun {
  readonly callbacks: CallbackList;
  /** The whole run's history, epochs before a crash included. */
  readonly history = new History();
  readonly #plan: FitPlan;
  readonly #state: FitState;
  readonly #backups: BackupRequests;
  /** Once a checkpoint is compared: most fits begin without one. */
  #resume: Resume | undefined;
  readonly #releases = new Releases();
  readonly #replay = new Replay();
  /** If batches are cut into shards, or given to an engine. */
  #shared: SharedRun | undefined;
  readonly #view: TrainerView;
  /** The epochs that this call ends. */
  readonly #ended = new History();
  /** Batches taken and not yet trained. */
  #open: readonly Batch[] = [];
  #hasWarnedOfValidation = false;

  constructor(plan: FitPlan) {
    const ended = { onEpochEnd: (epoch: number, logs: Logs) => this.#ended.onEpochEnd(epoch, logs) };
    const calls = new HookCalls();
    this.callbacks = new CallbackList([...plan.callbacks, this.history, ended], calls.around);
    this.#plan = plan;
    this.#state = new FitState(plan, this.callbacks);
    const backups = (this.#backups = new BackupRequests(this.#state, this.#replay));
    const viewed = { history: this.history, releases: this.#releases, calls, yielder: plan.yielder };
    this.#view = createTrainerView(plan, viewed, {
      requestBackup: (sink, options) => backups.add(sink, options),
      verifiesLater: () => this.#replay.isOpen,
      compare: async (saved) => (await this.#loadResume()).compare(saved),
      restore: async (saved) => (await this.#loadResume()).restore(saved),
    });
    this.callbacks.setModel(this.#view);
    const steps = plan.stepsPerEpoch ?? plan.source.batches ?? null;
    this.callbacks.setParams({ verbose: plan.verbose, epochs: plan.epochs, steps });
  }

  get step(): Step {
    return this.#plan.step;
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

  get lastLogs(): Partial<Logs> {
    return this.#state.lastLogs;
  }

  get hasEpochsLeft(): boolean {
    const { isStopped, isOutOfData, progress } = this.#state;
    return !isStopped && !isOutOfData && progress.epoch < this.#plan.epochs;
  }

  get hasBatchesLeft(): boolean {
    const { isStopped, isOutOfData, progress } = this.#state;
    return !isStopped && !isOutOfData && progress.batch < (this.#plan.stepsPerEpoch ?? Infinity);
  }

  /** Whether the data ended before the first batch of the epoch. */
  get isEpochWithoutData(): boolean {
    return this.#state.isOutOfData && this.#state.progress.batch === 0;
  }

  /**
   * Runs a loop over this run, and releases everything, even after an error. Resolves to the epochs that this
   * call ended.
   */
  async run(loop: (run: FitRun) => Promise<void>): Promise<History> {
    this.#releases.defer(() => this.#dispose());
    this.#releases.defer(() => this.#replay.dispose());
    const { optimizers, model, step, replay } = this.#plan;
    await ignoreOutputErrors(() =>
      this.#releases.runAndRelease(async () => {
        for (const { optimizer } of optimizers) nameWeights(optimizer, model.weights);
        await this.#replay.open(model, step.unrecordable, replay);
        await this.#openShards();
        try {
          await loop(this);
        } catch (error) {
          this.#replay.verifyFailedRun();
          throw error;
        }
      }),
    );
    return this.#ended;
  }

  /** Also restores a state within an epoch that is no longer trained because `epochs` was lowered. */
  async restoreStateBetweenEpochs(): Promise<void> {
    const saved = this.#resume?.progress;
    if (saved === undefined) {
      // A checkpoint that was compared and not restored has opened data.
      await this.#resume?.closeData();
      return;
    }
    if (!saved.epochBegun || saved.epoch >= this.#plan.epochs) await this.#resume?.restoreState();
    this.#keepBackupPastEnd(saved);
  }

  /** The run of a checkpoint that has more than the epochs asked for is not completed by this fit. */
  #keepBackupPastEnd({ epoch, batch }: TrainingProgress): void {
    const { epochs } = this.#plan;
    if (epoch < epochs || (epoch === epochs && batch === 0)) return;
    this.#view.keepLastBackup = true;
    warnOfPastEnd(epoch, epochs);
  }

  async beginEpoch(): Promise<void> {
    this.#replay.beginEpoch();
    await this.#openShards();
    if (this.#resume?.isPending) {
      await this.#resume.restoreState();
      return;
    }
    await this.logs.reset();
    this.#state.progress = { ...this.#state.progress, epochBegun: true };
  }

  /**
   * Takes the batches of the next execution; none at the end of the epoch. The run disposes them. With
   * stepsPerEpoch an epoch continues into the next pass.
   */
  async takeBatches(): Promise<readonly Batch[]> {
    const { stepsPerEpoch, stepsPerExecution } = this.#plan;
    const { stream, progress } = this.#state;
    const wanted = Math.min(stepsPerExecution, (stepsPerEpoch ?? Infinity) - progress.batch);
    this.#open = await stream.take(wanted);
    while (stepsPerEpoch !== undefined && this.#open.length < wanted) {
      const more = await stream.takeFromNextPass(wanted - this.#open.length);
      if (more.length === 0) break;
      this.#open = [...this.#open, ...more];
    }
    if (this.#open.length < wanted) this.#checkEnd(progress.batch + this.#open.length);
    return this.#open;
  }

  /** The data ended, after this many batches of the epoch. If it needs more, training ends as well. */
  #checkEnd(came: number): void {
    const { stepsPerEpoch, source, epochs } = this.#plan;
    const { epoch, step, batch } = this.#state.progress;
    if (came >= (stepsPerEpoch ?? Math.max(1, source.promised ?? 1)) || this.#state.isOutOfData) return;
    const total = step - batch + came;
    if (total === 0) throw createNoBatchError('fit');
    this.#state.isOutOfData = true;
    // A later one would hold an epoch that is too short. From the last one, other data train it whole.
    this.#view.keepLastBackup = true;
    warnOfEndOfData({ epoch, epochs, came, total, stepsPerEpoch, length: source.promised });
  }

  /** Trains batches, one step each. Each step is one synchronous block, or one for each of its shards. */
  async train(batches: readonly Batch[]): Promise<void> {
    const { optimizers, step, engine } = this.#plan;
    const { compute } = this.#replay;
    for (const { watch, optimizer } of optimizers) await watch.prepare(optimizer);
    for (const [index, batch] of batches.entries()) {
      const { progress, seed, stream } = this.#state;
      const { step: at, epoch } = progress;
      if (this.#shared !== undefined)
        await this.#shared.steps.train(batch, this.logs, {
          ...{ seed, epoch, step: at },
          // Without an engine nobody else computes meanwhile.
          makeNext: engine && (() => batches[index + 1] ?? stream.makeNext()),
        });
      else {
        const random = createRandomStream(seed, 'step', at);
        withRandom(random, () => step.train(batch, this.logs, { random, compute }));
      }
      this.#state.progress = { ...progress, batch: progress.batch + 1, step: progress.step + 1 };
    }
    const last = this.#open.at(-1);
    disposeBatches(this.#open.slice(0, -1));
    this.#open = [];
    if (last !== undefined) this.#state.checksums.noteLast(last);
    this.#plan.source.rows?.advance();
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
    if (!this.#backups.arePending || this.#resume?.isPending) return;
    await this.#backups.deliver();
    // The write has begun, and would otherwise wait for a step or more.
    await this.yielder.turnNow();
  }

  /** Ends the training: the weights take their final values, and the last hooks run. */
  end(): Promise<void> {
    const { optimizers, model } = this.#plan;
    // What is returned must be as sound as what is backed up.
    this.#replay.verify();
    return this.#backups.withStateBefore(async (deliver) => {
      const former = finalizeWeights(optimizers, model.weights);
      try {
        await this.callbacks.onTrainEnd(this.lastLogs);
        await deliver();
      } catch (error) {
        // A fit that fails is not finalized: what follows it continues to train these weights.
        former?.restore();
        throw error;
      } finally {
        former?.dispose();
      }
    });
  }

  /** How the epoch is validated; undefined if it is not. */
  findValidation(epoch: number): InferenceRun | undefined {
    const { validation, validatesAt, model, yielder } = this.#plan;
    if (validation === undefined || !validatesAt(epoch)) return undefined;
    return {
      ...validation,
      what: `validationData of fit in epoch ${epoch + 1}`,
      model,
      yielder,
      callbacks: this.callbacks,
      seed: this.#state.seed,
      compute: this.#replay.compute,
      shared: this.#shared?.inference,
      onShortPass: (came, wanted) => this.#warnOfShortValidation(came, wanted),
    };
  }

  #warnOfShortValidation(came: number, wanted: number): void {
    if (this.#hasWarnedOfValidation) return;
    this.#hasWarnedOfValidation = true;
    const steps = this.#plan.validation?.steps === undefined ? undefined : 'validationSteps';
    warnOfShortPass('validationData of fit', came, wanted, steps);
  }

  /** Runs a validation. A backup that is requested in it holds the state from before it. */
  duringValidation<T>(validation: (afterBatch: () => Promise<void>) => Promise<T>): Promise<T> {
    return this.#backups.withStateBefore(validation);
  }

  /** Before the first step, because a checkpoint may tell how many shards there are. */
  async #openShards(): Promise<void> {
    const { engine, model, step, replay, stepsPerEpoch, source } = this.#plan;
    const { shards } = this.#state;
    if ((shards === 1 && engine === undefined) || this.#shared?.shards === shards) return;
    const { compute } = this.#replay;
    const inEpoch = stepsPerEpoch ?? source.batches;
    const epochs = this.#plan.epochs - this.#plan.initialEpoch;
    const steps = inEpoch === undefined ? undefined : epochs * inEpoch;
    const given = { model, step, shards, engine, compute, replay: replay.option, steps };
    const opened = (this.#shared = await openSharedRun(given));
    this.#releases.defer(() => opened.end());
  }

  async #loadResume(): Promise<Resume> {
    const { Resume } = await loadOnDemand(
      () => import('./resume.js'),
      'the code that continues a training could not be loaded; serve every file of the build',
    );
    return (this.#resume ??= new Resume(this.#state));
  }

  async #dispose(): Promise<void> {
    disposeBatches(this.#open);
    try {
      this.#state.checksums.dispose();
      await this.#resume?.dispose();
      await this.#resume?.closeData();
    } finally {
      try {
        await this.#state.stream.close();
      } finally {
        await this.#state.logs.dispose();
      }
    }
  }
}
