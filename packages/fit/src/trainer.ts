import { History, KeepfitError, type Logs } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from './backend/register-gradients.js';
import { withWatchedKernels } from './backend/watch-stock-kernels.js';
import type { Model } from './contract/model.js';
import type { Names } from './contract/names.js';
import type { Arrays } from './data/array-data.js';
import type { BatchData } from './data/batch-data.js';
import type { BatchSource } from './data/batch-source.js';
import { checkIsOneBatch, type FreeArguments, nameArguments } from './data/data-arguments.js';
import { createInferenceSource, type DataShape, readFitData } from './data/fit-data.js';
import { runFit } from './loop/fit-loop.js';
import { createFitPlan } from './loop/fit-plan.js';
import { FitRun } from './loop/fit-run.js';
import { concatOutputs, type InferenceRun, runEvaluation, runPrediction } from './loop/inference-loop.js';
import { OneBatchRuns } from './loop/one-batch.js';
import { runInferenceLoop } from './loop/run-inference.js';
import type { TrainerParts } from './loop/trainer-view.js';
import { getOnlyOptimizer } from './loop/trainer-view.js';
import { createControl } from './loop/training-control.js';
import { checkOptimizer } from './optimizer/check-optimizer.js';
import { getLearningRate, setLearningRate } from './optimizer/learning-rate.js';
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
import { planTraining } from './plan-training.js';
import { getDataShape } from './steps/step.js';
import {
  checkModel,
  checkStepsPerExecution,
  checkTrainerOptions,
  noNames,
  type OwnStepTrainerOptions,
  type PhasedTrainerOptions,
  type TrainerOptions,
} from './trainer-options.js';

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
  readonly #parts: TrainerParts;
  readonly #oneBatch: OneBatchRuns;
  #stepsPerExecution: number;
  #isFitting = false;

  /**
   * @param names What finds a loss, a metric or an optimizer by name. The `Trainer` of `@keepfit/fit` gives
   * Keras' names.
   * @throws KEEPFIT_INVALID_OPTION when the model or an option is not valid, or a name is not known.
   */
  constructor(
    model: Model,
    options: TrainerOptions | PhasedTrainerOptions | OwnStepTrainerOptions,
    names: Names = noNames,
  ) {
    checkModel(model);
    checkTrainerOptions(options);
    this.model = model;
    this.#parts = { model, ...planTraining(model, options, names), control: createControl(model) };
    this.#oneBatch = new OneBatchRuns(this.#parts);
    this.#stepsPerExecution = options.stepsPerExecution ?? 1;
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
    if (this.#isFitting)
      throw new KeepfitError(
        'KEEPFIT_FIT_RUNNING',
        'fit was called while a fit of this model runs; await that one first',
      );
    this.#isFitting = true;
    // Before anything is awaited, so that a stop from outside counts from now on.
    this.#setStop(false);
    try {
      await registerGradients();
      await step.prepare();
      const run = new FitRun(
        createFitPlan(
          this.#parts,
          await readFitData(getDataShape(this.model, step), x, y, checked, {
            areNumbers: step.readsClassNumbers,
          }),
          checked,
          this.#stepsPerExecution,
        ),
      );
      this.history = run.history;
      return await withWatchedKernels('training', () => run.run(runFit));
    } finally {
      this.#isFitting = false;
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

  get #predicted(): DataShape {
    return { inputNames: this.model.inputNames, targets: 'none' };
  }

  #setStop(stop: boolean): void {
    Object.assign(this.#parts.control, { stopTraining: stop, isStopRequested: stop });
  }

  #infer<T>(
    caller: string,
    source: BatchSource,
    options: EvaluateOptions,
    loop: (run: InferenceRun) => Promise<T>,
  ): Promise<T> {
    return withWatchedKernels('inference', () =>
      runInferenceLoop(this.#parts, caller, source, options, this.#stepsPerExecution, loop),
    );
  }
}
