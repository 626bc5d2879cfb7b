import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';
import type { FitOptions } from '../fit-options.js';
import type { Model } from '../contract/model.js';
import { arrayData, type Arrays, splitData } from './array-data.js';
import { type ArrayData, arraySource } from './array-source.js';
import { type BatchData, isBatchData } from './batch-data.js';
import type { BatchSource } from './batch-source.js';
import { withClassWeight } from './class-weights.js';
import type { ArrayLike } from './host-array.js';
import { streamSource } from './stream-source.js';

export const BATCH_SIZE = 32;

export interface FitData {
  readonly training: BatchSource;
  readonly validation: BatchSource | undefined;
}

/** The options that say how arrays are cut into batches and weighted, which mean nothing for batches that the user makes. */
const FOR_ARRAYS = ['batchSize', 'shuffle', 'validationSplit', 'sampleWeight', 'classWeight'] as const;

/** Where the batches of a fit come from. @throws KEEPFIT_INVALID_DATA, KEEPFIT_INVALID_OPTION */
export async function fitData(
  model: Model,
  x: Arrays | BatchData,
  y: Arrays | undefined,
  options: FitOptions,
): Promise<FitData> {
  const { batchSize = BATCH_SIZE, shuffle = true, validationSplit = 0, classWeight } = options;
  if (isBatchData(x)) {
    refuseArrayOptions('fit', y, options);
    return { training: streamSource(x, model, true), validation: await validationSource(model, options) };
  }
  const read = await readArrays(model, x, y, options.sampleWeight);
  const weighted = classWeight === undefined ? read : withClassWeight(read, classWeight);
  if (validationSplit === 0 || options.validationData !== undefined) {
    return {
      training: arraySource(weighted, batchSize, shuffle),
      validation: await validationSource(model, options),
    };
  }
  // Class weights are for training; the validation part keeps the weights that were given.
  const training = splitData(weighted, validationSplit).training;
  const { validation } = splitData(read, validationSplit);
  return {
    training: arraySource(training, batchSize, shuffle),
    validation: arraySource(validation, options.validationBatchSize ?? batchSize, false),
  };
}

/** Where the batches of an evaluation, or without targets of a prediction, come from. @throws KEEPFIT_INVALID_DATA, KEEPFIT_INVALID_OPTION */
export async function inferenceSource(
  model: Model,
  x: Arrays | BatchData,
  y: Arrays | undefined,
  options: { readonly batchSize?: number; readonly sampleWeight?: ArrayLike },
  wantsTargets: boolean,
): Promise<BatchSource> {
  if (isBatchData(x)) {
    refuseArrayOptions(wantsTargets ? 'evaluate' : 'predict', y, options);
    return streamSource(x, model, wantsTargets);
  }
  const data = wantsTargets
    ? await readArrays(model, x, y, options.sampleWeight)
    : await arrayData({ x, inputNames: model.inputNames });
  return arraySource(data, options.batchSize ?? BATCH_SIZE, false);
}

/** Reads arrays with their targets. @throws KEEPFIT_INVALID_DATA */
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
  const { inputNames, outputNames } = model;
  return arrayData({ x, y, sampleWeight, inputNames, outputNames });
}

async function validationSource(model: Model, options: FitOptions): Promise<BatchSource | undefined> {
  const { validationData, validationBatchSize, batchSize = BATCH_SIZE } = options;
  if (validationData === undefined) return undefined;
  if (isBatchData(validationData)) {
    if (validationBatchSize !== undefined)
      throw onlyForArrays('validationBatchSize of fit', 'validationData');
    return streamSource(validationData, model, true);
  }
  const [x, y, sampleWeight] = validationData;
  const data = await readArrays(model, x, y, sampleWeight).catch((cause: unknown) => {
    if (!isKeepfitError(cause)) throw cause;
    throw new KeepfitError(cause.code, `validationData: ${cause.message.replace(`${cause.code}: `, '')}`, {
      cause,
    });
  });
  return arraySource(data, validationBatchSize ?? batchSize, false);
}

function refuseArrayOptions(caller: string, y: Arrays | undefined, options: object): void {
  if (y !== undefined) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `y of ${caller} must be left out where x makes its own batches: give each batch as { xs, ys }`,
    );
  }
  const given = FOR_ARRAYS.find((option) => (options as Record<string, unknown>)[option] !== undefined);
  if (given !== undefined) throw onlyForArrays(`${given} of ${caller}`, 'x');
}

function onlyForArrays(option: string, data: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${option} is for arrays, and ${data} makes its own batches; do it where the batches are made`,
  );
}
