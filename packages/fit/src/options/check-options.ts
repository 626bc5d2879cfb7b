import { KeepfitError, type ModelPredictOptions } from '@keepfit/callbacks';
import {
  checkIsOptions,
  checkOptions,
  isBoolean,
  isCount,
  isPositiveInteger,
} from '@keepfit/callbacks/internal';
import type { Engine } from '../contract/engine.js';
import { isBatchData } from '../data/batch-data.js';
import { checkClassWeight } from '../data/class-weights.js';
import type { EvaluateOptions, FitOptions, OneBatchOptions, PredictOptions } from './fit-options.js';

const positiveInteger = [isPositiveInteger, 'a positive integer'] as const;
/** The readers of data check them. */
const anything = [(value: unknown) => value !== null, 'data'] as const;
/** `checkWeights` says what is wrong with them. */
const checkedBelow = [() => true, 'class weights'] as const;
const weights = { sampleWeight: anything, sampleWeights: anything } as const;
const common = {
  engine: [isEngine, 'an engine: { name, begin, sum, end }'],
  replay: [(value: unknown) => value === 'auto' || isBoolean(value), "'auto', true or false"],
  batchSize: positiveInteger,
  verbose: [
    (value: unknown) => value === 'auto' || value === 0 || value === 1 || value === 2,
    "0, 1, 2 or 'auto'",
  ],
  callbacks: [
    (value: unknown) => typeof value === 'object' && value !== null,
    'a callback or a list of callbacks',
  ],
  yieldEvery: [
    (value: unknown) => typeof value === 'number' && value >= 0,
    "a number of milliseconds, which replaces the words of tfjs' own fit",
  ],
} as const;

/** What to give instead of options that tfjs has, and of hooks. */
const INSTEAD: Readonly<Record<string, string>> = {
  batchesPerEpoch: 'stepsPerEpoch',
  validationBatches: 'validationSteps',
  batches: 'steps',
};

/** @throws KEEPFIT_INVALID_OPTION when an option has a name that tfjs gives it, or is a hook. */
function checkNames(caller: string, options: object): void {
  checkIsOptions(caller, options);
  for (const name of Object.keys(options)) {
    const instead = /^on[A-Z]/.test(name) ? `callbacks: { ${name} }` : INSTEAD[name];
    if (instead === undefined) continue;
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${caller} has no option ${JSON.stringify(name)}; give ${instead} instead`,
    );
  }
}

/** @throws KEEPFIT_INVALID_OPTION when an option is not valid. */
export function checkFitOptions(options: FitOptions, hasFreeData = false): void {
  checkNames('fit', options);
  checkOptions('fit', options, {
    ...common,
    epochs: [isCount, 'an integer from 0'],
    initialEpoch: [isCount, 'an integer from 0'],
    stepsPerEpoch: positiveInteger,
    shards: positiveInteger,
    shuffle: [isBoolean, 'true or false'],
    seed: [isCount, 'an integer from 0 to 2^53 - 1'],
    validationData: [
      (value) => isValidationData(value, hasFreeData ? 1 : 2),
      '[x, y], [x, y, sampleWeight], or a source of batches',
    ],
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
}

/** @throws KEEPFIT_INVALID_OPTION when an option is not valid. */
export function checkEvaluateOptions(options: EvaluateOptions): void {
  checkNames('evaluate', options);
  checkOptions('evaluate', options, { ...common, ...weights, steps: positiveInteger });
  checkWeights('evaluate', options);
}

/** @throws KEEPFIT_INVALID_OPTION when an option is not valid. */
export function checkPredictOptions(options: PredictOptions): void {
  checkNames('predict', options);
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
  if (classWeight !== undefined) checkClassWeight(caller, classWeight);
}

function isEngine(value: unknown): boolean {
  const { begin, sum, end } = (value ?? {}) as Partial<Record<keyof Engine, unknown>>;
  return [begin, sum, end].every((member) => typeof member === 'function');
}

function isValidationData(value: unknown, least: number): boolean {
  return isBatchData(value) || (Array.isArray(value) && value.length >= least && value.length <= 3);
}

function isEpochList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isPositiveInteger);
}
