import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';
import type { Model } from '../contract/model.js';
import { readArrayData, type Arrays, splitData } from './array-data.js';
import { type ArrayData, createArraySource } from './array-source.js';
import { type BatchData, isBatchData } from './batch-data.js';
import type { BatchSource } from './batch-source.js';
import { applyClassWeight, type ClassWeight, warnOfUnmetWeights } from './class-weights.js';
import type { ArrayLike } from './host-array.js';
import { createStreamSource } from './stream-source.js';

export const BATCH_SIZE = 32;

/**
 * Data to validate on: inputs, targets, and the weights of the samples if they are weighted; or batches, as
 * for `fit`.
 */
export type ValidationData = readonly [x: Arrays, y: Arrays, sampleWeight?: ArrayLike] | BatchData;

/** The options of fit that choose the data for training and validation. */
export interface FitDataOptions {
  readonly batchSize?: number;
  readonly shuffle?: boolean;
  readonly sampleWeight?: ArrayLike;
  readonly classWeight?: ClassWeight;
  readonly validationData?: ValidationData;
  readonly validationSplit?: number;
  readonly validationBatchSize?: number;
}

export interface FitData {
  readonly training: BatchSource;
  readonly validation: BatchSource | undefined;
}

/**
 * The options that cut arrays into batches and weight them. They do not apply to batches that the user makes.
 */
const FOR_ARRAYS = ['batchSize', 'shuffle', 'validationSplit', 'sampleWeight', 'classWeight'] as const;

/**
 * Reads the data of a fit into sources of batches.
 *
 * @throws KEEPFIT_INVALID_DATA when the data do not fit the model or each other.
 * @throws KEEPFIT_INVALID_OPTION when an option does not apply to the data.
 */
export async function readFitData(
  model: Model,
  x: Arrays | BatchData,
  y: Arrays | undefined,
  options: FitDataOptions,
): Promise<FitData> {
  const { batchSize = BATCH_SIZE, shuffle = true, validationSplit = 0, classWeight } = options;
  if (isBatchData(x)) {
    refuseArrayOptions('fit', y, options);
    return {
      training: createStreamSource(x, model, true),
      validation: await validationSource(model, options),
    };
  }
  const read = await readArrays(model, x, y, options.sampleWeight);
  if (validationSplit === 0 || options.validationData !== undefined) {
    return {
      training: createArraySource(weighByClass(read, classWeight), batchSize, shuffle),
      validation: await validationSource(model, options),
    };
  }
  // Class weights are for training; the validation part keeps the weights that were given.
  const { training, validation } = splitData(read, validationSplit);
  return {
    training: createArraySource(weighByClass(training, classWeight), batchSize, shuffle),
    validation: createArraySource(validation, options.validationBatchSize ?? batchSize, false),
  };
}

function weighByClass(training: ArrayData, classWeight: ClassWeight | undefined): ArrayData {
  if (classWeight === undefined) return training;
  const { data, met } = applyClassWeight('fit', training, classWeight);
  if (met === 0) warnOfUnmetWeights('fit', classWeight, training.samples);
  return data;
}

/**
 * Creates the source of the batches of an evaluation, or without targets of a prediction.
 *
 * @throws KEEPFIT_INVALID_DATA when the data do not fit the model or each other.
 * @throws KEEPFIT_INVALID_OPTION when an option does not apply to the data.
 */
export async function createInferenceSource(
  model: Model,
  x: Arrays | BatchData,
  y: Arrays | undefined,
  options: { readonly batchSize?: number; readonly sampleWeight?: ArrayLike },
  wantsTargets: boolean,
): Promise<BatchSource> {
  if (isBatchData(x)) {
    refuseArrayOptions(wantsTargets ? 'evaluate' : 'predict', y, options);
    return createStreamSource(x, model, wantsTargets);
  }
  const data = wantsTargets
    ? await readArrays(model, x, y, options.sampleWeight)
    : await readArrayData({ x, inputNames: model.inputNames });
  return createArraySource(data, options.batchSize ?? BATCH_SIZE, false);
}

/**
 * Reads arrays with their targets.
 *
 * @throws KEEPFIT_INVALID_DATA when they do not fit the model or each other.
 */
export async function readArrays(
  model: Model,
  x: Arrays,
  y: Arrays | undefined,
  sampleWeight: ArrayLike | undefined,
): Promise<ArrayData> {
  if (y === undefined) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      'y is missing: give the targets of x, or for x batches { xs, ys } by a factory or a dataset',
    );
  }
  const { inputNames, outputNames, outputAliases } = model;
  return readArrayData({ x, y, sampleWeight, inputNames, outputNames, outputAliases });
}

async function validationSource(model: Model, options: FitDataOptions): Promise<BatchSource | undefined> {
  const { validationData, validationBatchSize, batchSize = BATCH_SIZE } = options;
  if (validationData === undefined) return undefined;
  if (isBatchData(validationData)) {
    if (validationBatchSize !== undefined)
      throw onlyForArrays('validationBatchSize of fit', 'validationData');
    return createStreamSource(validationData, model, true);
  }
  const [x, y, sampleWeight] = validationData;
  const data = await readArrays(model, x, y, sampleWeight).catch((cause: unknown) => {
    if (!isKeepfitError(cause)) throw cause;
    throw new KeepfitError(cause.code, `validationData: ${cause.message.replace(`${cause.code}: `, '')}`, {
      cause,
    });
  });
  return createArraySource(data, validationBatchSize ?? batchSize, false);
}

function refuseArrayOptions(caller: string, y: Arrays | undefined, options: object): void {
  if (y !== undefined) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `y of ${caller} must be left out when x makes its own batches: give each batch as { xs, ys }`,
    );
  }
  const given = FOR_ARRAYS.find((option) => (options as Record<string, unknown>)[option] !== undefined);
  if (given !== undefined) throw onlyForArrays(`${given} of ${caller}`, 'x');
}

function onlyForArrays(option: string, data: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${option} is for arrays, and ${data} makes its own batches; do it in the code that makes them`,
  );
}
