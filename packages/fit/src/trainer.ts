import {
  CallbackList,
  checkOptions,
  type CallbackHooks,
  History,
  isPositiveInteger,
  KeepfitError,
  type Logs,
  ProgbarLogger,
  type Verbosity,
} from '@keepfit/callbacks';
import { concat, dispose, type Optimizer, type Tensor } from '@tensorflow/tfjs-core';
import { arrayData, type Arrays, splitData } from './data/array-data.js';
import { type ArrayData, arraySource } from './data/array-source.js';
import {
  checkEvaluateOptions,
  checkFitOptions,
  checkPredictOptions,
  type EvaluateOptions,
  type FitOptions,
  type PredictOptions,
} from './fit-options.js';
import { registerGradients } from './gradients.js';
import { fitLoop } from './loop/fit-loop.js';
import { type FitPlan, FitRun } from './loop/fit-run.js';
import { evaluateLoop, type InferenceRun, predictLoop } from './loop/inference-loop.js';
import { ModelView, type TrainerParts } from './loop/model-view.js';
import { Objective, type ObjectiveOptions } from './loop/objective.js';
import { Yielder } from './loop/yielder.js';
import type { Model } from './model.js';
import { optimizerNamed } from './optimizer/optimizer-named.js';
import { learningRateOf, setLearningRate } from './optimizer/optimizer-state.js';

const BATCH_SIZE = 32;
const YIELD_EVERY = 10;

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
  readonly #stepsPerExecution: number;
  #isFitting = false;

  /** @throws KEEPFIT_INVALID_OPTION */
  constructor(model: Model, options: TrainerOptions) {
    checkOptions('Trainer', options, {
      optimizer: [(value) => optimizerNamed(value as string) !== undefined, 'an optimizer'],
      loss: [(value) => value !== null, 'a loss by Keras name, or a function'],
      lossWeights: [isObject, 'a list or a record of numbers'],
      metrics: [isObject, 'a list or a record of metrics'],
      stepsPerExecution: [isPositiveInteger, 'a positive integer'],
    });
    this.model = model;
    this.optimizer = optimizerNamed(options.optimizer);
    const objective = new Objective(options, model.outputNames);
    this.#parts = { model, optimizer: this.optimizer, objective, control: { stopTraining: false } };
    this.#stepsPerExecution = options.stepsPerExecution ?? 1;
  }

  /** Ends a running fit after the batch at hand; the run counts as complete. To continue later, abort `preemption` of BackupAndRestore instead. */
  get stopTraining(): boolean {
    return this.#parts.control.stopTraining;
  }

  set stopTraining(stop: boolean) {
    this.#parts.control.stopTraining = stop;
  }

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
   * @param x Inputs; the first axis counts the samples.
   * @param y Targets, as many.
   * @throws KEEPFIT_INVALID_OPTION, KEEPFIT_INVALID_DATA, KEEPFIT_FIT_RUNNING, KEEPFIT_HOOK_FAILED, and what BackupAndRestore throws.
   */
  async fit(x: Arrays, y: Arrays, options: FitOptions = {}): Promise<History> {
    checkFitOptions(options);
    if (this.#isFitting) throw new KeepfitError('KEEPFIT_FIT_RUNNING', 'fit was called while a fit of this model runs; await that one first');
    this.#isFitting = true;
    try {
      await registerGradients();
      const run = new FitRun(await this.#plan(x, y, options));
      this.history = run.history;
      return await run.run(fitLoop);
    } finally {
      this.#isFitting = false;
    }
  }

  /** The losses and metrics of the model on data, by log key. */
  async evaluate(x: Arrays, y: Arrays, options: EvaluateOptions = {}): Promise<Logs> {
    checkEvaluateOptions(options);
    const data = await this.#read(x, y, options.sampleWeight);
    return this.#infer(data, options, (run) => evaluateLoop(run, this.#parts.objective));
  }

  /** The model's outputs for all samples: one tensor, or a list for several outputs. The caller disposes them. */
  async predict(x: Arrays, options: PredictOptions = {}): Promise<Tensor | Tensor[]> {
    checkPredictOptions(options);
    const batches = await this.#infer(await this.#read(x), options, predictLoop);
    try {
      const outputs = (batches[0] ?? []).map((_, index) => concat(batches.map((batch) => batch[index] as Tensor), 0));
      return outputs.length === 1 ? (outputs[0] as Tensor) : outputs;
    } finally {
      dispose(batches.flat());
    }
  }

  async #plan(x: Arrays, y: Arrays, options: FitOptions): Promise<FitPlan> {
    const { batchSize = BATCH_SIZE, shuffle = true, validationSplit = 0, validationFreq = 1, stepsPerEpoch = null } = options;
    const all = await this.#read(x, y, options.sampleWeight);
    const split = validationSplit > 0 && options.validationData === undefined ? splitData(all, validationSplit) : undefined;
    const validation = split?.validation ?? (await this.#validationData(options));
    const source = arraySource(split?.training ?? all, batchSize, shuffle);
    const verbose = verbosity(options.verbose);
    return {
      ...this.#parts,
      source,
      validation: validation && {
        source: arraySource(validation, options.validationBatchSize ?? batchSize, false),
        steps: options.validationSteps ?? null,
        stepsPerExecution: this.#stepsPerExecution,
      },
      validatesAt: (epoch) => (typeof validationFreq === 'number' ? (epoch + 1) % validationFreq === 0 : validationFreq.includes(epoch + 1)),
      epochs: options.epochs ?? 1,
      initialEpoch: options.initialEpoch ?? 0,
      stepsPerEpoch,
      stepsPerExecution: this.#stepsPerExecution,
      seed: options.seed,
      settings: {
        batchSize,
        shuffle,
        stepsPerEpoch,
        stepsPerExecution: this.#stepsPerExecution,
        sampleWeight: options.sampleWeight !== undefined,
        objective: this.#parts.objective.description,
        data: source.fingerprint(),
      },
      callbacks: withProgress(options.callbacks, verbose),
      verbose,
      yielder: new Yielder(options.yieldEvery ?? YIELD_EVERY),
    };
  }

  async #validationData({ validationData }: FitOptions): Promise<ArrayData | undefined> {
    if (validationData === undefined) return undefined;
    const [x, y, sampleWeight] = validationData;
    return this.#read(x, y, sampleWeight);
  }

  #read(x: Arrays, y?: Arrays, sampleWeight?: EvaluateOptions['sampleWeight']): Promise<ArrayData> {
    const { inputNames, outputNames } = this.model;
    return arrayData({ x, y, sampleWeight, inputNames, outputNames });
  }

  #infer<T>(data: ArrayData, options: EvaluateOptions, loop: (run: InferenceRun) => Promise<T>): Promise<T> {
    const source = arraySource(data, options.batchSize ?? BATCH_SIZE, false);
    const steps = options.steps ?? null;
    const verbose = verbosity(options.verbose);
    const view = new ModelView(this.#parts);
    const callbacks = new CallbackList(withProgress(options.callbacks, verbose));
    callbacks.setModel(view);
    callbacks.setParams({ verbose, epochs: 1, steps: Math.min(steps ?? Infinity, source.batches ?? Infinity) });
    const { model } = this;
    const yielder = new Yielder(options.yieldEvery ?? YIELD_EVERY);
    return view.settle(() => loop({ model, source, callbacks, steps, stepsPerExecution: this.#stepsPerExecution, seed: 0, yielder }));
  }
}

function withProgress(callbacks: readonly CallbackHooks[] = [], verbose: Verbosity): CallbackHooks[] {
  return verbose === 0 || callbacks.some((callback) => callback.name === 'ProgbarLogger') ? [...callbacks] : [...callbacks, new ProgbarLogger()];
}

function verbosity(verbose: Verbosity | 'auto' = 'auto'): Verbosity {
  return verbose === 'auto' ? 1 : verbose;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

