import {
  CallbackList,
  type Difference,
  History,
  type Logs,
  type SavedTraining,
  type StateRecord,
  type TrainingCapture,
  type TrainingProgress,
} from '@keepfit/callbacks';
import type { OwnedState } from '@keepfit/callbacks/internal';
import type { Batch } from '../data/batch-source.js';
import { BatchStream } from '../data/batch-stream.js';
import { disposeBatches } from '../data/dispose-batches.js';
import { drawSeed } from '../random/draw-seed.js';
import { randomStream } from '../random/random-stream.js';
import { withRandom } from '../random/with-random.js';
import { captureTraining, shareCapture } from '../state/capture-training.js';
import { differencesOf, fingerprint } from '../state/fingerprint.js';
import { type FitProgress, savedState, type SavedState } from '../state/saved-state.js';
import { cannotRestore, RestorableTraining, tensorDifferences } from '../state/restore-training.js';
import type { InferenceRun } from './inference-loop.js';
import type { FitPlan } from './fit-plan.js';
import { ModelView } from './model-view.js';
import type { Objective } from '../objective/objective.js';
import { RunningLogs } from '../objective/running-logs.js';
import { trainStep } from './train-step.js';
import type { Yielder } from './yielder.js';

interface Resume {
  readonly state: SavedState;
  readonly tensors: RestorableTraining;
}

type Sink = (capture: TrainingCapture) => void | Promise<void>;

/** One call of fit while it runs: where it stands, and what callbacks see of it. */
export class FitRun extends ModelView {
  readonly callbacks: CallbackList;
  readonly logs: RunningLogs;
  readonly objective: Objective;
  readonly yielder: Yielder;
  lastLogs: Logs = {};

  readonly #plan: FitPlan;
  /** The epochs that this call ends. */
  readonly #ended = new History();
  #progress: FitProgress;
  #seed: number;
  #stream: BatchStream;
  #isStopped = false;
  #resume: Resume | undefined;
  #sinks: Sink[] = [];
  #open: readonly Batch[] = [];

  constructor(plan: FitPlan) {
    super(plan);
    this.#plan = plan;
    this.objective = plan.objective;
    this.yielder = plan.yielder;
    this.logs = new RunningLogs(plan.objective.logPlan);
    this.#progress = { epoch: plan.initialEpoch, batch: 0, step: 0, begun: false };
    this.#seed = plan.seed ?? drawSeed();
    this.#stream = new BatchStream(plan.source, this.#seed);
    const ended = { onEpochEnd: (epoch: number, logs: Logs) => this.#ended.onEpochEnd(epoch, logs) };
    this.callbacks = new CallbackList([...plan.callbacks, this.history, ended]);
    this.callbacks.setModel(this);
    this.callbacks.setParams({ verbose: plan.verbose, epochs: plan.epochs, steps: this.#steps });
  }

  /** Runs a loop over this run, and lets go of everything, whatever happens. Resolves to the epochs that this call ended. */
  async run(loop: (run: FitRun) => Promise<void>): Promise<History> {
    this.stopTraining = false;
    this.defer(() => this.#dispose());
    await this.runAndRelease(() => loop(this));
    return this.#ended;
  }

  // What callbacks see.

  override requestBackup(sink: Sink): void {
    this.#sinks.push(sink);
  }

  override compare(saved: SavedTraining): Difference[] {
    const { model, optimizer, seed } = this.#plan;
    const state = savedState(saved);
    const reseeded =
      seed === undefined || seed === state.seed
        ? []
        : [{ item: 'seed', saved: state.seed, current: seed, canContinue: true }];
    return [
      ...tensorDifferences(saved, model, optimizer),
      ...differencesOf(state.fingerprint, this.#fingerprint()),
      ...reseeded,
    ];
  }

  override async restore(saved: SavedTraining): Promise<boolean> {
    const state = savedState(saved);
    if (this.#resume !== undefined && !isFurther(state.progress, this.#resume.state.progress)) return false;
    const { model, optimizer, slots, initialEpoch, seed } = this.#plan;
    const unfit = tensorDifferences(saved, model, optimizer);
    if (unfit.length > 0) throw cannotRestore(unfit);
    const tensors = new RestorableTraining(saved);
    this.#resume?.tensors.dispose();
    this.#resume = { state, tensors };
    tensors.apply(model, optimizer, slots);
    this.#progress = state.progress;
    this.#seed = seed ?? state.seed;
    this.#stream = new BatchStream(this.#plan.source, this.#seed, state.position);
    if (initialEpoch !== 0 && initialEpoch !== state.progress.epoch) {
      console.warn(
        `keepfit: initialEpoch ${initialEpoch} is ignored, for a checkpoint at epoch ${state.progress.epoch} was found and is continued`,
      );
    }
    return true;
  }

  // What the loop asks and tells.

  get progress(): TrainingProgress {
    return this.#progress;
  }

  get hasEpochsLeft(): boolean {
    return !this.#isStopped && this.#progress.epoch < this.#plan.epochs;
  }

  get hasBatchesLeft(): boolean {
    return !this.#isStopped && this.#progress.batch < (this.#plan.stepsPerEpoch ?? Infinity);
  }

  /** Takes the batches of the next execution; none at the end of the epoch. The run disposes them. */
  async takeBatches(): Promise<readonly Batch[]> {
    const { stepsPerEpoch, stepsPerExecution } = this.#plan;
    const wanted = Math.min(stepsPerExecution, (stepsPerEpoch ?? Infinity) - this.#progress.batch);
    this.#open = await this.#stream.take(wanted);
    if (this.#open.length < wanted && stepsPerEpoch !== null) {
      // With stepsPerEpoch an epoch goes on into the next pass. An empty pass ends it, or it would never end.
      await this.#stream.beginNextPass();
      this.#open = [...this.#open, ...(await this.#stream.take(wanted - this.#open.length))];
    }
    return this.#open;
  }

  /** Trains batches, one step each. Synchronous. */
  train(batches: readonly Batch[]): void {
    for (const batch of batches) {
      const { batch: index, step } = this.#progress;
      withRandom(randomStream(this.#seed, 'step', step), () => trainStep(this.#plan, batch, this.logs));
      this.#progress = { ...this.#progress, batch: index + 1, step: step + 1 };
    }
    disposeBatches(this.#open);
    this.#open = [];
  }

  /** After a batch's hooks: a stop takes effect. */
  applyStop(): void {
    this.#isStopped = this.stopTraining;
  }

  /** Also where the saved epoch is not to be trained any more, for `epochs` was lowered. */
  async restoreStateBetweenEpochs(): Promise<void> {
    if (this.#resume === undefined) return;
    const { begun, epoch } = this.#resume.state.progress;
    if (!begun || epoch >= this.#plan.epochs) await this.#restoreState(this.#resume);
  }

  async beginEpoch(): Promise<void> {
    if (this.#resume !== undefined) {
      await this.#restoreState(this.#resume);
      return;
    }
    await this.logs.reset();
    this.#progress = { ...this.#progress, begun: true };
  }

  async endEpoch(logs: Logs): Promise<void> {
    this.lastLogs = logs;
    this.applyStop();
    await this.logs.reset();
    if (this.#plan.stepsPerEpoch === null) await this.#stream.beginNextPass();
    this.#progress = { ...this.#progress, epoch: this.#progress.epoch + 1, batch: 0, begun: false };
  }

  /** Hands a capture of this instant to every sink that was asked for since the last point. */
  async backUp(): Promise<void> {
    // What is asked for before a saved state is put back is taken when that is done.
    if (this.#sinks.length === 0 || this.#resume !== undefined) return;
    await this.#notifyBackup();
    const shared = await this.#share();
    try {
      await this.#deliver(shared);
    } finally {
      shared.dispose();
    }
    this.yielder.yieldSoon();
  }

  /** How the epoch is validated, or undefined where it is not. */
  validationOf(epoch: number): InferenceRun | undefined {
    const { validation, validatesAt, model, yielder } = this.#plan;
    if (validation === undefined || !validatesAt(epoch)) return undefined;
    return { ...validation, model, yielder, callbacks: this.callbacks, seed: this.#seed };
  }

  /** Runs the validation; a backup asked for in it holds the state of the last train batch, so that validation runs again as a whole. */
  async duringValidation<T>(validation: (afterBatch: () => Promise<void>) => Promise<T>): Promise<T> {
    const shared = await this.#share();
    try {
      return await validation(async () => {
        if (this.#sinks.length === 0) return;
        await this.#notifyBackup();
        await this.#deliver(shared);
      });
    } finally {
      shared.dispose();
    }
  }

  get #steps(): number | null {
    return this.#plan.stepsPerEpoch ?? this.#plan.source.batches;
  }

  #fingerprint(): StateRecord {
    return fingerprint(this.#plan.model, this.#plan.optimizer, this.#plan.settings);
  }

  /** A stop that a hook asks for here takes effect at once, for the batch is over. */
  async #notifyBackup(): Promise<void> {
    const wasStopping = this.stopTraining;
    await this.callbacks.onBackup();
    if (!wasStopping) this.applyStop();
  }

  async #share(): Promise<ReturnType<typeof shareCapture>> {
    // The means of a checkpoint are those of all batches so far; nothing trains while they are read.
    await this.logs.flush();
    const { model, optimizer, slots } = this.#plan;
    const state = {
      progress: { ...this.#progress, ...this.#stream.position },
      seed: this.#seed,
      learningRate: this.learningRate,
      stopTraining: this.stopTraining,
      lastLogs: numbersOf(this.lastLogs),
      callbacks: this.callbacks.getState(),
      fingerprint: this.#fingerprint(),
    };
    return shareCapture(captureTraining({ model, optimizer, slots, logs: this.logs, state }));
  }

  async #deliver(shared: ReturnType<typeof shareCapture>): Promise<void> {
    const sinks = this.#sinks;
    this.#sinks = [];
    for (const sink of sinks) await sink(shared.lease());
  }

  /** Gives back what hooks since the restore may have changed, so that nothing is applied twice or reset. */
  async #restoreState({ state, tensors }: Resume): Promise<void> {
    this.#resume = undefined;
    const { model, optimizer, slots } = this.#plan;
    try {
      tensors.apply(model, optimizer, slots);
      this.logs.restore(state.logs, tensors.metricStates());
    } finally {
      tensors.dispose();
    }
    // Another optimizer, chosen knowingly, comes with a learning rate of its own.
    if (state.optimizer.class === optimizer.getClassName()) this.learningRate = state.learningRate;
    this.#progress = state.progress;
    // A run that was saved when its last epoch had ended hands these to `onTrainEnd`.
    this.lastLogs = state.lastLogs;
    warnOfOrphans(await this.callbacks.setState(state.callbacks));
    this.stopTraining = state.stopTraining;
    this.applyStop();
  }

  async #dispose(): Promise<void> {
    disposeBatches(this.#open);
    this.#resume?.tensors.dispose();
    try {
      await this.#stream.close();
    } finally {
      await this.logs.dispose();
    }
  }
}

/** A hook may have put anything into the logs; a checkpoint keeps the numbers. */
function numbersOf(logs: Logs): Logs {
  return Object.fromEntries(Object.entries(logs).filter(([, value]) => typeof value === 'number'));
}

function isFurther(a: TrainingProgress, b: TrainingProgress): boolean {
  return a.step !== b.step ? a.step > b.step : a.epoch > b.epoch;
}

function warnOfOrphans(orphans: readonly OwnedState[]): void {
  if (orphans.length === 0) return;
  const names = orphans
    .map(({ name, ordinal }) => (ordinal === 0 ? name : `${name} (${ordinal + 1})`))
    .join(', ');
  console.warn(
    `keepfit: the checkpoint has the state of callbacks that are not in the list: ${names}. It is kept in later checkpoints`,
  );
}
