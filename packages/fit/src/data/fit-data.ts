import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';
import {
  readArrayData,
  type Arrays,
  type ArrayDataRequest,
  refuseRecords,
  splitData,
  type SampleWeights,
} from './array-data.js';
import { type ArrayData, createArraySource } from './array-source.js';
import { type BatchData, isBatchData } from './batch-data.js';
import type { BatchSource } from './batch-source.js';
import { checkTargetsAreGiven } from './data-arguments.js';
import { applyClassWeight, type ClassWeights, type TargetReading } from './class-weights.js';
import type { TargetUse } from './read-batch.js';
import { createStreamSource, isEndless } from './stream-source.js';

export const BATCH_SIZE = 32;

/** The names by which data may be given, and whether they have targets. */
export type DataShape = Pick<ArrayDataRequest, 'inputNames' | 'outputNames' | 'outputAliases'> & {
  /** @default required */
  readonly targets?: TargetUse;
};

/**
 * Data to validate on: inputs, targets, and the weights of the samples if they are weighted; or batches, as
 * for `fit`.
 */
export type ValidationData = readonly [x: Arrays, y: Arrays, sampleWeight?: SampleWeights] | BatchData;

/** The options of fit that choose the data for training and validation. */
export interface FitDataOptions {
  readonly batchSize?: number;
  readonly shuffle?: boolean;
  readonly sampleWeight?: SampleWeights;
  readonly classWeight?: ClassWeights;
  readonly validationData?: ValidationData;
  readonly validationSplit?: number;
  readonly validationBatchSize?: number;
  readonly stepsPerEpoch?: number;
  readonly validationSteps?: number;
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
  shape: DataShape,
  x: Arrays | BatchData,
  y: Arrays | undefined,
  options: FitDataOptions,
  reading: TargetReading,
): Promise<FitData> {
  const { batchSize = BATCH_SIZE, shuffle = true, validationSplit = 0, classWeight } = options;
  if (isBatchData(x)) {
    refuseArrayOptions('fit', options);
    refuseEndless('stepsPerEpoch of fit', options.stepsPerEpoch, 'x', x);
    return {
      training: createStreamSource(x, shape, shape.targets),
      validation: await validationSource(shape, options),
    };
  }
  const weighByClass = (data: ArrayData) =>
    classWeight === undefined ? data : applyClassWeight('fit', data, classWeight, reading);
  const read = await readArrays(shape, x, y, options.sampleWeight);
  if (validationSplit === 0 || options.validationData !== undefined) {
    return {
      training: createArraySource(weighByClass(read), batchSize, shuffle),
      validation: await validationSource(shape, options),
    };
  }
  // Class weights are for training; the validation part keeps the weights that were given.
  const { training, validation } = splitData(read, validationSplit);
  return {
    training: createArraySource(weighByClass(training), batchSize, shuffle),
    validation: createArraySource(validation, options.validationBatchSize ?? batchSize, false),
  };
}

/**
 * Creates the source of the batches of an evaluation, or without targets of a prediction.
 *
 * @throws KEEPFIT_INVALID_DATA when the data do not fit the model or each other.
 * @throws KEEPFIT_INVALID_OPTION when an option does not apply to the data.
 */
export async function createInferenceSource(
  shape: DataShape,
  x: Arrays | BatchData,
  y: Arrays | undefined,
  options: { readonly batchSize?: number; readonly sampleWeight?: SampleWeights; readonly steps?: number },
): Promise<BatchSource> {
  const isPrediction = shape.targets === 'none';
  const caller = isPrediction ? 'predict' : 'evaluate';
  if (isBatchData(x)) {
    refuseArrayOptions(caller, options);
    refuseEndless(`steps of ${caller}`, options.steps, 'x', x);
    return createStreamSource(x, shape, shape.targets);
  }
  const data = await naming(
    caller,
    isPrediction
      ? readArrayData({ x, inputNames: shape.inputNames })
      : readArrays(shape, x, y, options.sampleWeight),
  );
  return createArraySource(data, options.batchSize ?? BATCH_SIZE, false);
}

/**
 * Reads arrays with their targets.
 *
 * @throws KEEPFIT_INVALID_DATA when they do not fit the model or each other.
 */
export async function readArrays(
  shape: DataShape,
  x: Arrays,
  y: Arrays | undefined,
  sampleWeight: SampleWeights | undefined,
): Promise<ArrayData> {
  const { inputNames, outputNames, outputAliases, targets = 'required' } = shape;
  if (targets === 'required') checkTargetsAreGiven(y);
  if (targets === 'optional') refuseRecords({ x, y, sampleWeight });
  return readArrayData({ x, y, sampleWeight, inputNames, outputNames, outputAliases });
}

async function validationSource(shape: DataShape, options: FitDataOptions): Promise<BatchSource | undefined> {
  const { validationData, validationBatchSize, batchSize = BATCH_SIZE } = options;
  if (validationData === undefined) return undefined;
  if (isBatchData(validationData)) {
    if (validationBatchSize !== undefined)
      throw onlyForArrays('validationBatchSize of fit', 'validationData');
    refuseEndless('validationSteps of fit', options.validationSteps, 'validationData', validationData);
    return createStreamSource(validationData, shape, shape.targets);
  }
  const [x, y, sampleWeight] = validationData;
  const data = await naming('validationData', readArrays(shape, x, y, sampleWeight));
  return createArraySource(data, validationBatchSize ?? batchSize, false);
}

/** Names the data or the method that an error is about. */
function naming<T>(what: string, work: Promise<T>): Promise<T> {
  return work.catch((cause: unknown) => {
    if (!isKeepfitError(cause)) throw cause;
    throw new KeepfitError(cause.code, `${what}: ${cause.message.replace(`${cause.code}: `, '')}`, { cause });
  });
}

function refuseEndless(option: string, steps: number | undefined, name: string, data: BatchData): void {
  if (steps !== undefined || !isEndless(data)) return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${option} must be given because ${name} never ends: it says that its length is Infinity`,
  );
}

function refuseArrayOptions(caller: string, options: object): void {
  const given = FOR_ARRAYS.find((option) => (options as Record<string, unknown>)[option] !== undefined);
  if (given !== undefined) throw onlyForArrays(`${given} of ${caller}`, 'x');
}

function onlyForArrays(option: string, data: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${option} is for arrays, and ${data} makes its own batches; do it in the code that makes them`,
  );
}
