import {
  type BackupSummary,
  type CheckpointStore,
  History,
  KeepfitError,
  type Logs,
} from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from './backend/register-gradients.js';
import { withWatchedKernels } from './backend/watch-stock-kernels.js';
import type { LoadedWeights, LoadWeightsOptions } from './contract/loaded-weights.js';
import type { Model } from './contract/model.js';
import type { Names } from './contract/names.js';
import type { Arrays } from './data/array-data.js';
import type { BatchData } from './data/batch-data.js';
import type { BatchSource } from './data/batch-source.js';
import { checkIsOneBatch, type FreeArguments, nameArguments } from './data/data-arguments.js';
import { createInferenceSource, type DataShape, readFitData } from './data/fit-data.js';
import { runFit } from './loop/fit-loop.js';
import { checkWeights, createFitPlan } from './loop/fit-plan.js';
import { FitRun } from './loop/fit-run.js';
import { concatOutputs, type InferenceRun, runEvaluation, runPrediction } from './loop/inference-loop.js';
import { OneBatchRuns } from './loop/one-batch.js';
import type { ReplayStatus } from './loop/replay.js';
import { runInferenceLoop } from './loop/run-inference.js';
import { getOnlyOptimizer, type TrainerParts } from './loop/trainer-view.js';
import { checkOptimizer } from './optimizer/check-optimizer.js';
import { getLearningRate, setLearningRate } from './optimizer/learning-rate.js';
import type { OptimizerRole } from './optimizer/optimizer-role.js';
import { checkEvaluateOptions, checkFitOptions, checkPredictOptions } from './options/check-options.js';
import type {
  EvaluateArguments,
  EvaluateOptions,
  FitArguments,
  FitOptions,
  FreeFitOptions,
  OneBatchOptions,
  PredictOptions,
} from './options/fit-options.js';
import { withOneSpelling } from './options/resolve-options.js';
import { loadStoredWeights, loadWeights, saveWeights } from './saved-weights.js';
import { useModel, withModel } from './state/model-use.js';
import { planTraining } from './plan-training.js';
import { getDataShape, getTargetReading } from './steps/step.js';
import { type AnyTrainerOptions, checkModel, checkStepsPerExecution, noNames } from './trainer-options.js';

/** Whether data must have targets: a step of the user's own may do without. */
export type TargetRule = 'required' | 'optional';
type WithoutTargets<Targets extends TargetRule> = 'optional' extends Targets ? Arrays : never;
type FreeOptions<Targets extends TargetRule> = 'optional' extends Targets ? FreeFitOptions : FitOptions;
type NoTargets<Targets extends TargetRule> = 'optional' extends Targets ? undefined : never;

/**
 * Trains a model as Keras' `compile` and `fit` do. With a `BackupAndRestore` callback, a training that was
 * killed continues bit for bit. Losses, metrics and optimizers are functions and objects; the `Trainer` of
 * `@keepfit/fit` finds them by Keras' names too.
 *
 * ```ts
 * const trainer = new Trainer(model, { optimizer: tf.train.adam(), loss: meanSquaredError(), metrics: [meanAbsoluteError()] });
 * const history = await trainer.fit(x, y, { epochs: 5, validationSplit: 0.1 });
 * ```
 */
export class CoreTrainer<Targets extends TargetRule = 'required'> {
  readonly model: Model;
  /** The history of the last fit: the whole run, epochs before a crash included. */
  history = new History();
  readonly #names: Names;
  /** By optimizer, the role that it had last: also of one that the step of now does without. */
  readonly #roles = new WeakMap<tf.Optimizer, OptimizerRole>();
  #parts: TrainerParts;
  readonly #oneBatch: OneBatchRuns;
  #stepsPerExecution: number;
  #isFitting = false;
  #replay: ReplayStatus = { active: false, reason: 'nothing has run yet' };

  /**
   * @param names What finds a loss, a metric or an optimizer by name. The `Trainer` of `@keepfit/fit` gives
   * Keras' names.
   * @throws KEEPFIT_INVALID_OPTION when the model or an option is not valid, or a name is not known.
   */
  constructor(model: Model, options: AnyTrainerOptions, names: Names = noNames) {
    checkModel(model);
    this.model = model;
    this.#names = names;
    this.#parts = planTraining(model, options, names, this.#roles);
    this.#oneBatch = new OneBatchRuns(() => this.#parts);
    this.#stepsPerExecution = options.stepsPerExecution ?? 1;
  }

  /**
   * Trains and evaluates with other losses, metrics, or another optimizer from now on, as Keras' `compile`
   * does. An option that is left out has its default, except for `stepsPerExecution`, which stays. The same
   * optimizer object continues with its state; a name creates a new one.
   *
   * @throws KEEPFIT_INVALID_OPTION when an option is not valid, or a name is not known.
   * @throws KEEPFIT_FIT_RUNNING when a fit of this trainer runs.
   */
  compile(options: AnyTrainerOptions): void {
    this.#refuseInFit('compile');
    this.#parts = planTraining(this.model, options, this.#names, this.#roles, this.#parts.control);
    this.#stepsPerExecution = options.stepsPerExecution ?? this.#stepsPerExecution;
  }

  /**
   * Ends a running fit after the current batch; the run counts as complete. For a button: it counts from the
   * call of fit on, also while a checkpoint is restored. To continue later, abort `preemption` of
   * BackupAndRestore instead.
   */
  get stopTraining(): boolean {
    return this.#parts.control.stopTraining;
  }

  set stopTraining(stop: boolean) {
    this.#setStop(stop);
  }

  /**
   * Batches trained between two calls of the batch hooks. A new value applies from the next fit, evaluation
   * or prediction on.
   */
  get stepsPerExecution(): number {
    return this.#stepsPerExecution;
  }

  /** @throws KEEPFIT_INVALID_OPTION when it is not a positive integer. */
  set stepsPerExecution(steps: number) {
    checkStepsPerExecution(steps);
    this.#stepsPerExecution = steps;
  }

  /**
   * The optimizer.
   *
   * @throws KEEPFIT_INVALID_OPTION when the training has several.
   */
  get optimizer(): tf.Optimizer {
    return getOnlyOptimizer(this.#parts.optimizers);
  }

  /** The optimizers by the names of their phases; empty if the training has one without a name. */
  get optimizers(): Readonly<Record<string, tf.Optimizer>> {
    const named = this.#parts.optimizers.flatMap(({ name, optimizer }) =>
      name === undefined ? [] : [[name, optimizer] as const],
    );
    return Object.fromEntries(named);
  }

  /** The learning rate of the next steps, if the training has one optimizer. */
  get learningRate(): number {
    return getLearningRate(this.optimizer);
  }

  set learningRate(rate: number) {
    setLearningRate(this.optimizer, rate);
  }

  /**
   * Whether the steps of this trainer's last run, or of the one under way, are replayed from a recording, and why
   * not.
   */
  get replay(): ReplayStatus {
    return this.#replay;
  }

  /**
   * Trains on batches, all of them `epochs` times. Resolves to the history of the epochs that this call ended.
   * When it settles, every backup is safe, and no lock, timer or tensor is left.
   *
   * @param x Batches `{ xs, ys }` by a factory, from any batch on, or as a `tf.data.Dataset`.
   * @throws KEEPFIT_INVALID_OPTION when an option is not valid.
   * @throws KEEPFIT_INVALID_DATA when the data do not fit the model or each other.
   * @throws KEEPFIT_OP_MISSING when the backend lacks a kernel, or tfjs' own backend computes with one that is
   * known to be wrong.
   * @throws KEEPFIT_FIT_RUNNING when a fit of this trainer runs.
   * @throws KEEPFIT_HOOK_FAILED when a hook throws, `BackupAndRestore` apart: its own errors come as they
   * are.
   */
  fit(x: BatchData, options?: FreeOptions<Targets>): Promise<History>;
  /**
   * Trains on arrays, as on batches.
   *
   * @param x Inputs, the first axis counting the samples.
   * @param y Targets, one for each sample of x.
   */
  fit(x: Arrays, y: Arrays, options?: FitOptions): Promise<History>;
  /** Trains on arrays without targets, which only a step of your own may do. */
  fit(x: WithoutTargets<Targets>, options?: FreeOptions<Targets>): Promise<History>;
  /** Trains on what the arguments of another function were: batches, or arrays with targets. */
  fit(...data: FitArguments): Promise<History>;
  async fit(
    ...data: FitArguments | readonly [x: BatchData | Arrays, options?: FreeFitOptions]
  ): Promise<History> {
    const { step, optimizers } = this.#parts;
    const { x, y, options } = nameArguments('fit', data as FitArguments, step.hasFreeData);
    checkFitOptions(options, step.hasFreeData);
    // Again, because the program may have set them since.
    optimizers.forEach(({ optimizer }) => checkOptimizer(optimizer));
    const checked = withOneSpelling(options);
    this.#refuseInFit('fit');
    const release = useModel(this.model, 'fit');
    this.#isFitting = true;
    // Before anything is awaited, so that a stop from outside counts from now on.
    this.#setStop(false);
    try {
      await registerGradients();
      await step.prepare();
      const shape = getDataShape(this.model, step);
      const found = await readFitData(shape, x, y, checked, getTargetReading(this.model, step));
      await checkWeights(this.#parts, found);
      const run = new FitRun(
        createFitPlan(this.#parts, found, checked, this.#stepsPerExecution, this.#reportReplay),
      );
      this.history = run.history;
      return await withWatchedKernels('training', () => run.run(runFit));
    } finally {
      this.#isFitting = false;
      release();
    }
  }

  /** The losses and metrics of the model on batches, by log key. The data and the errors are as for `fit`. */
  evaluate(x: BatchData, options?: EvaluateOptions): Promise<Logs>;
  /** The losses and metrics of the model on arrays, by log key. */
  evaluate(x: Arrays, y: Arrays, options?: EvaluateOptions): Promise<Logs>;
  /** The logs of a step of your own on arrays without targets. */
  evaluate(x: WithoutTargets<Targets>, options?: EvaluateOptions): Promise<Logs>;
  /** The losses and metrics on what the arguments of another function were. */
  evaluate(...data: EvaluateArguments): Promise<Logs>;
  async evaluate(...data: FreeArguments<EvaluateOptions>): Promise<Logs> {
    const { step } = this.#parts;
    const { x, y, options } = nameArguments('evaluate', data, step.hasFreeData);
    checkEvaluateOptions(options);
    const checked = withOneSpelling(options);
    const source = await createInferenceSource(getDataShape(this.model, step), x, y, checked);
    return this.#infer('evaluate', source, options, (run) => runEvaluation(run, step));
  }

  /**
   * The model's outputs for all samples: one tensor, or a list for several outputs. The caller disposes them.
   * The errors are as for `fit`.
   */
  async predict(x: Arrays | BatchData, options: PredictOptions = {}): Promise<tf.Tensor | tf.Tensor[]> {
    checkPredictOptions(options);
    const source = await createInferenceSource(this.#predicted, x, undefined, options);
    return concatOutputs(await this.#infer('predict', source, options, runPrediction));
  }

  /**
   * Trains one batch, without callbacks, and resolves to its losses and metrics. For your own loops, which
   * are not backed up.
   *
   * Dropout and other randomness depend on `seed`, by default one that is drawn for this trainer, and on the
   * number of batches that it has trained this way.
   */
  trainOnBatch(x: Arrays, y: Arrays | NoTargets<Targets>, options: OneBatchOptions = {}): Promise<Logs> {
    return this.#oneBatch.train(x, y, options);
  }

  /**
   * The losses and metrics of one batch, without callbacks. A model that draws outside training too depends
   * on `seed`, by default 0.
   */
  testOnBatch(x: Arrays, y: Arrays | NoTargets<Targets>, options: OneBatchOptions = {}): Promise<Logs> {
    return this.#oneBatch.test(x, y, options);
  }

  /** The outputs for one batch, without callbacks. The caller disposes them. */
  async predictOnBatch(x: Arrays): Promise<tf.Tensor | tf.Tensor[]> {
    checkIsOneBatch('predictOnBatch', x);
    const source = await createInferenceSource(this.#predicted, x, undefined, {
      batchSize: Number.MAX_SAFE_INTEGER,
    });
    return concatOutputs(await this.#infer('predictOnBatch', source, { verbose: 0 }, runPrediction));
  }

  readonly #reportReplay = (status: ReplayStatus): void => {
    this.#replay = status;
  };

  #refuseInFit(what: string): void {
    if (!this.#isFitting) return;
    throw new KeepfitError(
      'KEEPFIT_FIT_RUNNING',
      `${what} was called while a fit of this model runs; await that one first`,
    );
  }

  /**
   * Gives the model the weights that `ModelCheckpoint`, `BackupAndRestore` or `saveWeights` wrote: all, or none
   * if one does not fit or the load fails. That includes weights that are not trained, such as moving averages.
   * Optimizer, epoch and the states of stateful layers stay as they are.
   *
   * ```ts
   * await trainer.loadWeights(fsStore('runs/digits/models'), 'best');
   * ```
   *
   * @param key The key in the store. Of two checkpoints that `doubleCheckpoint` keeps, the newest that passes every
   * check is read.
   * @throws KEEPFIT_INVALID_OPTION when the store, the key or an option is not valid.
   * @throws KEEPFIT_CHECKPOINT_MISSING when the store has no such key.
   * @throws KEEPFIT_CHECKPOINT_CORRUPT when no checkpoint passes every check.
   * @throws KEEPFIT_CHECKPOINT_VERSION when a newer keepfit wrote it.
   * @throws KEEPFIT_CHECKPOINT_MISMATCH when names, shapes or dtypes of weights differ; the message lists each. With
   * `skipMismatch`, when no weight fits.
   * @throws KEEPFIT_FIT_RUNNING when a fit of the model runs.
   * @throws KEEPFIT_INVALID_STATE when an evaluation or a prediction of the model runs.
   */
  loadWeights(store: CheckpointStore, key: string, options: LoadWeightsOptions = {}): Promise<LoadedWeights> {
    return loadWeights(this.model, store, key, options);
  }

  /**
   * Writes the weights that the model has at the call, as `ModelCheckpoint` with `saveWeightsOnly` does: as a whole,
   * or not at all. Replaces what the key holds.
   *
   * @throws KEEPFIT_INVALID_OPTION when the store or the key is not valid.
   * @throws KEEPFIT_STORE_LOCKED when a training uses the key.
   * @throws KEEPFIT_STORE_FULL when the store cannot take the file.
   */
  saveWeights(store: CheckpointStore, key: string): Promise<void> {
    return saveWeights(this.model, store, key);
  }

  /**
   * Gives model and optimizer what `ModelCheckpoint` or `BackupAndRestore` saved of a whole training, and resolves to
   * its place: everything, or nothing if it does not fit or the load fails.
   *
   * It restores the weights, the states of stateful layers, the optimizer's state and the learning rate, so that
   * `trainOnBatch` or a later fit trains on with them. Epoch, history, callbacks, seed and the order of the data
   * belong to a running fit: to continue that one exactly, give `BackupAndRestore` to `fit`. Other settings of the
   * optimizer than the saved ones are warned about.
   *
   * ```ts
   * const { epoch } = await trainer.loadTraining(fsStore('runs/digits/models'), 'epoch-5');
   * await trainer.fit(x, y, { initialEpoch: epoch, epochs: 10 });
   * ```
   *
   * @throws KEEPFIT_CHECKPOINT_WEIGHTS_ONLY when the checkpoint holds weights alone.
   * @throws KEEPFIT_CHECKPOINT_MISMATCH when weights, states or the class of the optimizer differ.
   * @throws as `loadWeights`
   */
  async loadTraining(store: CheckpointStore, key: string): Promise<BackupSummary> {
    return (await loadStoredWeights()).loadTraining(this.#parts, store, key);
  }

  get #predicted(): DataShape {
    return { inputNames: this.model.inputNames, targets: 'none' };
  }

  #setStop(stop: boolean): void {
    Object.assign(this.#parts.control, { stopTraining: stop, isStopRequested: stop });
  }

  #infer<T>(
    what: 'evaluate' | 'predict' | 'predictOnBatch',
    source: BatchSource,
    options: EvaluateOptions,
    loop: (run: InferenceRun) => Promise<T>,
  ): Promise<T> {
    return withModel(this.model, what, () =>
      withWatchedKernels('inference', () =>
        runInferenceLoop(
          this.#parts,
          {
            what,
            source,
            options,
            stepsPerExecution: this.#stepsPerExecution,
            reportReplay: this.#reportReplay,
          },
          loop,
        ),
      ),
    );
  }
}
