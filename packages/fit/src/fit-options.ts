import { type CallbackHooks, KeepfitError, type Verbosity } from '@keepfit/callbacks';
import {
  checkOptions,
  isBoolean,
  isCount,
  isPositiveInteger,
  formatValue,
} from '@keepfit/callbacks/internal';
import type { Arrays } from './data/array-data.js';
import { type BatchData, isBatchData } from './data/batch-data.js';
import { type ClassWeight, isClassWeight } from './data/class-weights.js';
import type { ArrayLike } from './data/host-array.js';

/** Data to validate on: inputs, targets, and where samples are weighted their weights; or batches, as for `fit`. */
export type ValidationData = readonly [x: Arrays, y: Arrays, sampleWeight?: ArrayLike] | BatchData;

export interface FitOptions {
  /** Samples a step. @default 32 */
  batchSize?: number;
  /** The epoch to end before, counted from 0: with `initialEpoch` 2 and `epochs` 5, epochs 2, 3 and 4 are trained. @default 1 */
  epochs?: number;
  /** The epoch to begin with. A checkpoint that is continued wins over it. @default 0 */
  initialEpoch?: number;
  /** Batches an epoch; passes through the data then go on across epochs. @default one pass an epoch */
  stepsPerEpoch?: number;
  /** Shuffle the samples anew for each pass. @default true */
  shuffle?: boolean;
  /**
   * What order, dropout and all other randomness of training depend on: an integer from 0 to 2^53 - 1. The same seed gives the same run.
   *
   * @default drawn anew, and kept in the checkpoint
   */
  seed?: number;
  /** Validate on these after each epoch. Wins over `validationSplit`. @default none */
  validationData?: ValidationData;
  /** Validate on this fraction of the samples, the last ones before shuffling, and do not train on them. @default 0 */
  validationSplit?: number;
  /** Validate after every n-th epoch, or after the epochs listed (counted from 1, as in Keras). @default 1 */
  validationFreq?: number | readonly number[];
  /** Samples a step of validation. @default batchSize */
  validationBatchSize?: number;
  /** Batches of validation at most. @default all */
  validationSteps?: number;
  /** One weight a sample, for the loss. @default 1 each */
  sampleWeight?: ArrayLike;
  /** How much the samples of each class count for the training loss, by class number: `{ 1: 5 }`. @default 1 each */
  classWeight?: ClassWeight;
  /** 0 silent, 1 progress bar, 2 one line an epoch; 'auto' is 1. @default 'auto' */
  verbose?: Verbosity | 'auto';
  /** In the order in which their hooks are to run. History and the progress bar follow by themselves. @default none */
  callbacks?: readonly CallbackHooks[];
  /**
   * Give the event loop a turn whenever this many milliseconds have passed. Smaller keeps a page smoother, larger trains a little faster.
   *
   * @default 10
   */
  yieldEvery?: number;
}

export interface EvaluateOptions extends Pick<
  FitOptions,
  'batchSize' | 'sampleWeight' | 'verbose' | 'callbacks' | 'yieldEvery'
> {
  /** Batches at most. @default all */
  steps?: number;
}

/** For one batch: weights for the loss, and the seed of its randomness. */
export type OneBatchOptions = Pick<FitOptions, 'sampleWeight' | 'classWeight' | 'seed'>;

export type PredictOptions = Omit<EvaluateOptions, 'sampleWeight'>;

/** @throws KEEPFIT_INVALID_OPTION */
export function checkFitOptions(options: FitOptions): void {
  checkOptions('fit', options, {
    ...common,
    epochs: positiveInteger,
    initialEpoch: [isCount, 'an integer from 0'],
    stepsPerEpoch: positiveInteger,
    shuffle: [isBoolean, 'true or false'],
    seed: [isCount, 'an integer from 0 to 2^53 - 1'],
    validationData: [isValidationData, '[x, y], [x, y, sampleWeight], or what makes batches'],
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
    sampleWeight: anything,
    classWeight: [isClassWeight, 'a record of numbers from 0 by class number'],
  });
  const { epochs = 1, initialEpoch = 0 } = options;
  if (initialEpoch > epochs) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `initialEpoch of fit must be at most epochs, which is ${epochs}, not ${formatValue(initialEpoch)}`,
    );
  }
}

/** @throws KEEPFIT_INVALID_OPTION */
export function checkEvaluateOptions(options: EvaluateOptions): void {
  checkOptions('evaluate', options, { ...common, steps: positiveInteger, sampleWeight: anything });
}

/** @throws KEEPFIT_INVALID_OPTION */
export function checkPredictOptions(options: PredictOptions): void {
  checkOptions('predict', options, { ...common, steps: positiveInteger });
}

/** @throws KEEPFIT_INVALID_OPTION */
export function checkOneBatchOptions(caller: string, options: OneBatchOptions): void {
  checkOptions(caller, options, {
    sampleWeight: anything,
    classWeight: [isClassWeight, 'a record of numbers from 0 by class number'],
    seed: [isCount, 'an integer from 0 to 2^53 - 1'],
  });
}

const positiveInteger = [isPositiveInteger, 'a positive integer'] as const;
/** Data is checked where it is read. */
const anything = [() => true, 'data'] as const;
const common = {
  batchSize: positiveInteger,
  verbose: [
    (value: unknown) => value === 'auto' || value === 0 || value === 1 || value === 2,
    "0, 1, 2 or 'auto'",
  ],
  callbacks: [Array.isArray, 'a list of callbacks'],
  yieldEvery: [(value: unknown) => typeof value === 'number' && value >= 0, 'a number of milliseconds'],
} as const;

function isValidationData(value: unknown): boolean {
  return isBatchData(value) || (Array.isArray(value) && (value.length === 2 || value.length === 3));
}

function isEpochList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isPositiveInteger);
}
