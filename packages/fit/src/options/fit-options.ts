import type { CallbackHooks, Verbosity } from '@keepfit/callbacks';
import type { Engine } from '../contract/engine.js';
import type { Arrays, SampleWeights } from '../data/array-data.js';
import type { ClassWeights } from '../data/class-weights.js';
import type { DataArguments } from '../data/data-arguments.js';
import type { ValidationData } from '../data/fit-data.js';

/** The options of `fit`. */
export interface FitOptions {
  /**
   * Samples a step.
   *
   * @default 32
   */
  readonly batchSize?: number;
  /**
   * The epoch before which training ends, counted from 0: with `initialEpoch` 2 and `epochs` 5, epochs 2, 3
   * and 4 are trained. If `initialEpoch` is not below it, no epoch is trained, and only `onTrainBegin` and `onTrainEnd`
   * are called.
   *
   * @default 1
   */
  readonly epochs?: number;
  /**
   * The epoch to begin with. A checkpoint wins over it.
   *
   * @default 0
   */
  readonly initialEpoch?: number;
  /**
   * Batches an epoch; a pass through the data then continues across epochs.
   *
   * @default one pass an epoch
   */
  readonly stepsPerEpoch?: number;
  /**
   * Shuffle the samples for each pass.
   *
   * @default true
   */
  readonly shuffle?: boolean;
  /**
   * The seed of the order, dropout and all other randomness of training: an integer from 0 to 2^53 - 1. The
   * same seed gives the same run.
   *
   * @default drawn, and kept in the checkpoint
   */
  readonly seed?: number;
  /**
   * Validate on these after each epoch. Wins over `validationSplit`.
   *
   * @default none
   */
  readonly validationData?: ValidationData;
  /**
   * Validate on this fraction of the samples, the last ones before shuffling, and do not train on them.
   *
   * @default 0
   */
  readonly validationSplit?: number;
  /**
   * Validate after every n-th epoch, or after the epochs listed (counted from 1, as in Keras).
   *
   * @default 1
   */
  readonly validationFreq?: number | readonly number[];
  /**
   * Samples a step of validation.
   *
   * @default batchSize
   */
  readonly validationBatchSize?: number;
  /**
   * Batches of validation at most.
   *
   * @default all
   */
  readonly validationSteps?: number;
  /**
   * Weights of the samples, [samples], or of their time steps, [samples, time]. The loss and `weightedMetrics`
   * use them. Several outputs share them, or have their own: a record by output name, or a list.
   *
   * @default 1 each
   */
  readonly sampleWeight?: SampleWeights;
  /**
   * The same as `sampleWeight`, by the name that it has in batches. Give one of the two.
   *
   * @default 1 each
   */
  readonly sampleWeights?: SampleWeights;
  /**
   * How much the samples of each class count for the training loss, by class number: `{ 1: 5 }`, or a Map.
   * The targets must tell one class for each sample or each time step, as class numbers or one-hot rows.
   * Several outputs need their own: a record by output name, or a list. An output that is left out has none.
   *
   * @default 1 each
   */
  readonly classWeight?: ClassWeights;
  /**
   * 0 silent, 1 progress bar, 2 one line an epoch; 'auto' is 1.
   *
   * @default 'auto'
   */
  readonly verbose?: Verbosity | 'auto';
  /**
   * One callback, or a list in the order in which their hooks run. History and the progress bar follow them.
   *
   * @default none
   */
  readonly callbacks?: CallbackHooks | readonly CallbackHooks[];
  /**
   * The interval, in ms, at which training yields to the event loop. Smaller keeps a page smoother, larger
   * trains a little faster.
   *
   * @default 10
   */
  readonly yieldEvery?: number;
  /**
   * Whether the kernels of a step are recorded once and replayed, which gives the same bits in less time. 'auto'
   * replays if all that a step computes with is known to keepfit, and the run has 16 batches or more. With true
   * you vouch that a model, layers and losses of your own depend on nothing but weights, states, inputs and
   * constants. `trainer.replay` tells whether steps are replayed, and why not.
   *
   * @default 'auto'
   */
  readonly replay?: 'auto' | boolean;
  /**
   * How many parts each batch is cut into, whose gradients are computed apart and then added in a fixed order. It is a
   * setting of the training, as `batchSize` is: another number gives other bits. Batch normalization and losses such as
   * `dice` see the rows of a shard only. See docs/parallel.md.
   *
   * @default that of the checkpoint; without one 4 with an engine, and otherwise 1: batches are not cut
   */
  readonly shards?: number;
  /**
   * Who computes the shards, and the batches of validations, evaluations and predictions. It changes no bit, so any
   * engine continues the training of another one. The door `@keepfit/fit/engine` has the contract.
   *
   * @default this thread
   */
  readonly engine?: Engine;
}

/** The options of `fit` by a step that needs no targets. */
export interface FreeFitOptions extends Omit<FitOptions, 'validationData'> {
  /**
   * Validate on these after each epoch. Wins over `validationSplit`.
   *
   * @default none
   */
  readonly validationData?: ValidationData | readonly [x: Arrays];
}

/** The options of `evaluate`. */
export interface EvaluateOptions extends Pick<
  FitOptions,
  | 'batchSize'
  | 'sampleWeight'
  | 'sampleWeights'
  | 'verbose'
  | 'callbacks'
  | 'yieldEvery'
  | 'replay'
  | 'engine'
> {
  /**
   * Batches at most.
   *
   * @default all
   */
  readonly steps?: number;
}

/** What `fit` takes, for functions that pass it on: batches and options, or arrays, targets and options. */
export type FitArguments<Options = FitOptions> = DataArguments<Options>;

/** What `evaluate` takes, for functions that pass it on. */
export type EvaluateArguments<Options = EvaluateOptions> = DataArguments<Options>;

/** The options for one batch: weights for the loss, and the seed of its randomness. */
export type OneBatchOptions = Pick<FitOptions, 'sampleWeight' | 'sampleWeights' | 'classWeight' | 'seed'>;

/** The options of `predict`. */
export type PredictOptions = Omit<EvaluateOptions, 'sampleWeight' | 'sampleWeights'>;
