import {
  type CallbackHooks,
  KeepfitError,
  type ModelPredictOptions,
  ProgbarLogger,
  type Verbosity,
} from '@keepfit/callbacks';
import {
  checkOptions,
  formatValue,
  isBoolean,
  isCount,
  isPositiveInteger,
  listCallbacks,
} from '@keepfit/callbacks/internal';
import { isBatchData } from './data/batch-data.js';
import { type ClassWeight, readClassWeight } from './data/class-weights.js';
import type { DataArguments } from './data/data-arguments.js';
import type { ValidationData } from './data/fit-data.js';
import type { ArrayLike } from './data/host-array.js';

export interface FitOptions {
  /**
   * Samples a step.
   *
   * @default 32
   */
  readonly batchSize?: number;
  /**
   * The epoch before which training ends, counted from 0: with `initialEpoch` 2 and `epochs` 5, epochs 2, 3
   * and 4 are trained.
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
   * One weight a sample; the loss uses them.
   *
   * @default 1 each
   */
  readonly sampleWeight?: ArrayLike;
  /**
   * The same as `sampleWeight`, by the name that it has in batches. Give one of the two.
   *
   * @default 1 each
   */
  readonly sampleWeights?: ArrayLike;
  /**
   * How much the samples of each class count for the training loss, by class number: `{ 1: 5 }`, or a Map.
   * The targets must tell one class for each sample, as class numbers or one-hot rows.
   *
   * @default 1 each
   */
  readonly classWeight?: ClassWeight;
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
}

export interface EvaluateOptions extends Pick<
  FitOptions,
  'batchSize' | 'sampleWeight' | 'sampleWeights' | 'verbose' | 'callbacks' | 'yieldEvery'
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
export type EvaluateArguments = DataArguments<EvaluateOptions>;

/** The options for one batch: weights for the loss, and the seed of its randomness. */
export type OneBatchOptions = Pick<FitOptions, 'sampleWeight' | 'sampleWeights' | 'classWeight' | 'seed'>;

export type PredictOptions = Omit<EvaluateOptions, 'sampleWeight' | 'sampleWeights'>;

/** @throws KEEPFIT_INVALID_OPTION when an option is not valid. */
export function checkFitOptions(options: FitOptions): void {
  checkOptions('fit', options, {
    ...common,
    epochs: positiveInteger,
    initialEpoch: [isCount, 'an integer from 0'],
    stepsPerEpoch: positiveInteger,
    shuffle: [isBoolean, 'true or false'],
    seed: [isCount, 'an integer from 0 to 2^53 - 1'],
    validationData: [isValidationData, '[x, y], [x, y, sampleWeight], or a source of batches'],
    validationSplit: [
      (value) => typeof value === 'number' && value >= 0 && value < 1,
      'a number from 0 to below 1',
    ],
    validationFreq: [
      (value) => isPositiveInteger(value) || isEpochList(value),
      'a positive integer, or a list of them',
    ],
    validationBatchSize: positiveInteger,
    validationSteps: positiveInteger,
    ...weights,
    classWeight: checkedBelow,
  });
  checkWeights('fit', options);
  const { epochs = 1, initialEpoch = 0 } = options;
  if (initialEpoch > epochs) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `initialEpoch of fit must be at most epochs, which is ${epochs}, not ${formatValue(initialEpoch)}`,
    );
  }
}

/** @throws KEEPFIT_INVALID_OPTION when an option is not valid. */
export function checkEvaluateOptions(options: EvaluateOptions): void {
  checkOptions('evaluate', options, { ...common, ...weights, steps: positiveInteger });
  checkWeights('evaluate', options);
}

/** @throws KEEPFIT_INVALID_OPTION when an option is not valid. */
export function checkPredictOptions(options: PredictOptions): void {
  checkOptions('predict', options, { ...common, steps: positiveInteger });
}

/**
 * Checks the options of an evaluation or a prediction in a hook, which calls no hooks itself.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is not valid.
 */
export function checkHookOptions(
  caller: string,
  options: ModelPredictOptions & OneBatchOptions,
  isWeighted: boolean,
): void {
  checkOptions<object>(`model.${caller} of a callback`, options, {
    batchSize: positiveInteger,
    steps: positiveInteger,
    verbose: [(value: unknown) => value === 0 || value === 1 || value === 2, '0, 1 or 2'],
    ...(isWeighted && weights),
  });
  checkWeights(caller, options);
}

/** @throws KEEPFIT_INVALID_OPTION when an option is not valid. */
export function checkOneBatchOptions(caller: string, options: OneBatchOptions): void {
  checkOptions(caller, options, {
    ...weights,
    classWeight: checkedBelow,
    seed: [isCount, 'an integer from 0 to 2^53 - 1'],
  });
  checkWeights(caller, options);
}

function checkWeights(caller: string, { sampleWeight, sampleWeights, classWeight }: OneBatchOptions): void {
  if (sampleWeight !== undefined && sampleWeights !== undefined) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${caller} was given sampleWeight and sampleWeights, which mean the same; give one of them`,
    );
  }
  if (classWeight !== undefined) readClassWeight(caller, classWeight);
}

/** Options that are checked, with the weights of the samples under one name. */
export function withOneSpelling<Options extends OneBatchOptions>(options: Options): Options {
  const { sampleWeights } = options;
  return sampleWeights === undefined ? options : { ...options, sampleWeight: sampleWeights };
}

const positiveInteger = [isPositiveInteger, 'a positive integer'] as const;
/** The readers of data check them. */
const anything = [(value: unknown) => value !== null, 'data'] as const;
/** `checkWeights` says what is wrong with them. */
const checkedBelow = [() => true, 'class weights'] as const;
const weights = { sampleWeight: anything, sampleWeights: anything } as const;
const common = {
  batchSize: positiveInteger,
  verbose: [
    (value: unknown) => value === 'auto' || value === 0 || value === 1 || value === 2,
    "0, 1, 2 or 'auto'",
  ],
  callbacks: [
    (value: unknown) => typeof value === 'object' && value !== null,
    'a callback or a list of callbacks',
  ],
  yieldEvery: [(value: unknown) => typeof value === 'number' && value >= 0, 'a number of milliseconds'],
} as const;

function isValidationData(value: unknown): boolean {
  return isBatchData(value) || (Array.isArray(value) && (value.length === 2 || value.length === 3));
}

function isEpochList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isPositiveInteger);
}

/** The callbacks of a run, followed by a progress bar unless there is one or `verbose` is 0. */
export function withProgress(
  callbacks: CallbackHooks | readonly CallbackHooks[] = [],
  verbose: Verbosity,
): CallbackHooks[] {
  const list = listCallbacks(callbacks);
  return verbose === 0 || list.some((callback) => callback.name === 'ProgbarLogger')
    ? list
    : [...list, new ProgbarLogger()];
}

/** Replaces 'auto' by its meaning. */
export function resolveVerbosity(verbose: Verbosity | 'auto' = 'auto'): Verbosity {
  return verbose === 'auto' ? 1 : verbose;
}
