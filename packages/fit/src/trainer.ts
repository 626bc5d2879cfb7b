import { CallbackList, History, KeepfitError, type Logs } from '@keepfit/callbacks';
import { checkOptions, isPositiveInteger } from '@keepfit/callbacks/internal';
import { concat, dispose, type Optimizer, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { checkModel } from './check-model.js';
import type { Arrays } from './data/array-data.js';
import { wholeBatch } from './data/array-source.js';
import type { BatchData } from './data/batch-data.js';
import type { Batch, BatchSource } from './data/batch-source.js';
import { withClassWeight } from './data/class-weights.js';
import { disposeBatches } from './data/dispose-batches.js';
import { fitData, inferenceSource, readArrays } from './data/fit-data.js';
import {
  checkEvaluateOptions,
  checkFitOptions,
  checkOneBatchOptions,
  checkPredictOptions,
  type EvaluateOptions,
  type FitOptions,
  type OneBatchOptions,
  type PredictOptions,
} from './fit-options.js';
import { registerGradients } from './backend/register-gradients.js';
import { fitLoop } from './loop/fit-loop.js';
import { fitPlan } from './loop/fit-plan.js';
import { FitRun } from './loop/fit-run.js';
import { evaluateLoop, type InferenceRun, predictLoop } from './loop/inference-loop.js';
import { ModelView, type TrainerParts } from './loop/model-view.js';
import { Objective } from './objective/objective.js';
import type { ObjectiveOptions } from './objective/output-plan.js';
import { verbosity, withProgress } from './loop/progress.js';
import { RunningLogs } from './objective/running-logs.js';
import { testStep, trainStep } from './loop/train-step.js';
import { YIELD_EVERY, Yielder } from './loop/yielder.js';
import type { Model } from './contract/model.js';
import { getOptimizer } from './optimizer/get-optimizer.js';
import { learningRateOf, setLearningRate } from './optimizer/optimizer-state.js';
import { SlotOrder } from './optimizer/slot-order.js';
import { drawSeed } from './random/draw-seed.js';
import { randomStream } from './random/random-stream.js';
import { withRandom } from './random/with-random.js';

const STEPS_PER_EXECUTION = [isPositiveInteger, 'a positive integer'] as const;

export interface TrainerOptions extends ObjectiveOptions {
  /** One of tfjs' optimizers, such as `tf.train.adam(0.01)`, or a Keras name, with Keras' defaults. */
  readonly optimizer: Optimizer | string;
  /** Batches trained between two calls of the batch hooks. More saves time where steps are tiny. @default 1 */
  readonly stepsPerExecution?: number;
}

/**
 * Trains a model as Keras' `compile` and `fit` do, and continues a training bit for bit where a `BackupAndRestore` callback is given.
 *
 * ```ts
 * const trainer = new Trainer(model, { optimizer: tf.train.adam(), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
 * const history = await trainer.fit(x, y, { epochs: 5, validationSplit: 0.1 });
 * ```
 */
export class Trainer {
  readonly model: Model;
  readonly optimizer: Optimizer;
  /** The whole run's history, epochs before a crash included; that of the last fit. */
  history = new History();
  readonly #parts: TrainerParts;
  #stepsPerExecution: number;
  readonly #batchSeed = drawSeed();
  #batchesTrained = 0;
  #isFitting = false;

  /** @throws KEEPFIT_INVALID_OPTION */
  constructor(model: Model, options: TrainerOptions) {
    checkModel(model);
    checkOptions('Trainer', options, {
      // `optimizerNamed` checks it, once: it makes an optimizer of a name, which has tensors.
      optimizer: [() => true, 'an optimizer'],
      loss: [(value) => value !== null, 'a loss by Keras name, or a function'],
      lossWeights: [isObject, 'a list or a record of numbers'],
      metrics: [isObject, 'a list or a record of metrics'],
      stepsPerExecution: STEPS_PER_EXECUTION,
    });
    const objective = new Objective(options, model);
    this.model = model;
    this.optimizer = getOptimizer(options.optimizer);
    this.#parts = {
      model,
      optimizer: this.optimizer,
      objective,
      slots: new SlotOrder(),
      control: { stopTraining: false },
    };
    this.#stepsPerExecution = options.stepsPerExecution ?? 1;
  }

  /** Ends a running fit after the batch at hand; the run counts as complete. To continue later, abort `preemption` of BackupAndRestore instead. */
  get stopTraining(): boolean {
    return this.#parts.control.stopTraining;
  }

  set stopTraining(stop: boolean) {
    this.#parts.control.stopTraining = stop;
  }

  /** Batches trained between two calls of the batch hooks. Set, it holds from the next fit, evaluation or prediction on. */
  get stepsPerExecution(): number {
    return this.#stepsPerExecution;
  }

  /** @throws KEEPFIT_INVALID_OPTION */
  set stepsPerExecution(steps: number) {
    checkOptions('Trainer', { stepsPerExecution: steps ?? null }, { stepsPerExecution: STEPS_PER_EXECUTION });
    this.#stepsPerExecution = steps;
  }

  /** Of the steps to come. */
  get learningRate(): number {
    return learningRateOf(this.optimizer);
  }

  set learningRate(rate: number) {
    setLearningRate(this.optimizer, rate);
  }

  /**
   * Trains on all samples `epochs` times. Resolves to the history of the epochs that this call ended; when it settles, every backup is
   * safe, and no lock, timer or tensor is left.
   *
   * @param x Inputs, the first axis counting the samples; or batches `{ xs, ys }` by a factory, from any batch on, or as a `tf.data.Dataset`.
   * @param y Targets, as many as x has samples. Left out where x makes batches.
   * @throws KEEPFIT_INVALID_OPTION, KEEPFIT_INVALID_DATA, KEEPFIT_FIT_RUNNING, KEEPFIT_HOOK_FAILED, and what BackupAndRestore throws.
   */
  async fit(x: Arrays | BatchData, y?: Arrays, options: FitOptions = {}): Promise<History> {
    checkFitOptions(options);
    if (this.#isFitting)
      throw new KeepfitError(
        'KEEPFIT_FIT_RUNNING',
        'fit was called while a fit of this model runs; await that one first',
      );
    this.#isFitting = true;
    try {
      await registerGradients();
      const run = new FitRun(
        fitPlan(this.#parts, await fitData(this.model, x, y, options), options, this.#stepsPerExecution),
      );
      this.history = run.history;
      return await run.run(fitLoop);
    } finally {
      this.#isFitting = false;
    }
  }

  /** The losses and metrics of the model on data, by log key. `x` and `y` as for `fit`. */
  async evaluate(x: Arrays | BatchData, y?: Arrays, options: EvaluateOptions = {}): Promise<Logs> {
    checkEvaluateOptions(options);
    const source = await inferenceSource(this.model, x, y, options, true);
    return this.#infer(source, options, (run) => evaluateLoop(run, this.#parts.objective));
  }

  /** The model's outputs for all samples: one tensor, or a list for several outputs. The caller disposes them. */
  async predict(x: Arrays | BatchData, options: PredictOptions = {}): Promise<Tensor | Tensor[]> {
    checkPredictOptions(options);
    const source = await inferenceSource(this.model, x, undefined, options, false);
    return joined(await this.#infer(source, options, predictLoop));
  }

  /**
   * Trains one batch, without callbacks, and resolves to its losses and metrics. For loops of your own; they are not backed up.
   *
   * Dropout and other randomness depend on `seed`, by default one that is drawn for this trainer, and on how many batches it has trained so.
   */
  async trainOnBatch(x: Arrays, y: Arrays, options: OneBatchOptions = {}): Promise<Logs> {
    checkOneBatchOptions('trainOnBatch', options);
    await registerGradients();
    return this.#onBatch(x, y, options, (batch, logs) => {
      const random = randomStream(options.seed ?? this.#batchSeed, 'step', this.#batchesTrained);
      this.#batchesTrained += 1;
      withRandom(random, () => trainStep(this.#parts, batch, logs));
    });
  }

  /** The losses and metrics of one batch, without callbacks. Where the model draws outside training too, `seed` is 0 by default. */
  async testOnBatch(x: Arrays, y: Arrays, options: OneBatchOptions = {}): Promise<Logs> {
    checkOneBatchOptions('testOnBatch', options);
    return this.#onBatch(x, y, options, (batch, logs) => {
      withRandom(randomStream(options.seed ?? 0, 'inference', 0), () => testStep(this.#parts, batch, logs));
    });
  }

  /** The outputs for one batch, without callbacks. The caller disposes them. */
  async predictOnBatch(x: Arrays): Promise<Tensor | Tensor[]> {
    const source = await inferenceSource(
      this.model,
      x,
      undefined,
      { batchSize: Number.MAX_SAFE_INTEGER },
      false,
    );
    return joined(await this.#infer(source, { verbose: 0 }, predictLoop));
  }

  #infer<T>(
    source: BatchSource,
    options: EvaluateOptions,
    loop: (run: InferenceRun) => Promise<T>,
  ): Promise<T> {
    const limit = Math.min(options.steps ?? Infinity, source.batches ?? Infinity);
    const verbose = verbosity(options.verbose);
    const view = new ModelView(this.#parts);
    const callbacks = new CallbackList(withProgress(options.callbacks, verbose));
    callbacks.setModel(view);
    callbacks.setParams({ verbose, epochs: 1, steps: Number.isFinite(limit) ? limit : null });
    const { model } = this;
    const yielder = new Yielder(options.yieldEvery ?? YIELD_EVERY);
    const stepsPerExecution = this.#stepsPerExecution;
    return view.runAndRelease(() =>
      loop({ model, source, callbacks, steps: options.steps ?? null, stepsPerExecution, seed: 0, yielder }),
    );
  }

  async #onBatch(
    x: Arrays,
    y: Arrays,
    options: OneBatchOptions,
    step: (batch: Batch, logs: RunningLogs) => void,
  ): Promise<Logs> {
    const data = await readArrays(this.model, x, y, options.sampleWeight);
    const batch = wholeBatch(
      options.classWeight === undefined ? data : withClassWeight(data, options.classWeight),
    );
    const logs = new RunningLogs(this.#parts.objective.logPlan);
    try {
      step(batch, logs);
      return await logs.read();
    } finally {
      disposeBatches([batch]);
      await logs.dispose();
    }
  }
}

function joined(batches: Tensor[][]): Tensor | Tensor[] {
  try {
    // Tidy, for batches whose outputs do not fit together.
    const outputs = tidy(() =>
      (batches[0] ?? []).map((_, index) =>
        concat(
          batches.map((batch) => batch[index] as Tensor),
          0,
        ),
      ),
    );
    return outputs.length === 1 ? (outputs[0] as Tensor) : outputs;
  } finally {
    dispose(batches.flat());
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
