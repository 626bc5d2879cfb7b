import { KeepfitError, type StateRecord } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { type ArrayDataRequest, type Arrays, asList } from './array-data.js';
import { type BatchData, type DataBatch, isDataset, isSeekable } from './batch-data.js';
import type { Batch, BatchSource } from './batch-source.js';
import { gatherRows, readHostArray } from './host-array.js';
import { disposeAll, openBatches, openOnly } from './open-batches.js';

type Names = Pick<ArrayDataRequest, 'inputNames' | 'outputNames'>;

/** Batches that the user makes: by a factory, from any batch on, or as a `tf.data.Dataset`. */
export function createStreamSource(data: BatchData, names: Names, wantsTargets: boolean): BatchSource {
  const kind = isDataset(data) ? 'dataset' : isSeekable(data) ? 'seekable' : 'factory';
  return {
    batches: getLength(data),
    data,
    open: (request) => createBatches(openBatches(data, request), names, wantsTargets),
    openOnly: (request) => openOnly(data, request),
    fingerprint: (): StateRecord => ({ stream: kind, batches: getLength(data) ?? null }),
  };
}

function getLength(data: BatchData): number | undefined {
  if (isSeekable(data)) return data.length;
  if (!isDataset(data)) return undefined;
  const { size } = data;
  return typeof size === 'number' && Number.isFinite(size) && size > 0 ? size : undefined;
}

async function* createBatches(
  batches: AsyncIterable<unknown>,
  names: Names,
  wantsTargets: boolean,
): AsyncGenerator<Batch> {
  for await (const given of batches) {
    try {
      yield await batchTensors(readBatch(given, wantsTargets), names, wantsTargets);
    } catch (error) {
      disposeAll(given);
      throw error;
    }
  }
}

/**
 * The batch as tensors, which now belong to the caller. If the batch is refused, the tensors made from it are
 * disposed.
 */
async function batchTensors(
  { xs, ys, sampleWeights }: DataBatch,
  names: Names,
  wantsTargets: boolean,
): Promise<Batch> {
  const made: tf.Tensor[] = [];
  try {
    const inputs = await createTensors(xs, 'xs', names.inputNames, made);
    const targets =
      wantsTargets && ys !== undefined ? await createTensors(ys, 'ys', names.outputNames, made) : [];
    const [weights] =
      sampleWeights === undefined ? [] : await createTensors(sampleWeights, 'sampleWeights', undefined, made);
    const size = inputs[0]?.shape[0] ?? 0;
    const odd = [...inputs, ...targets, ...(weights ? [weights] : [])].find(({ shape }) => shape[0] !== size);
    if (odd !== undefined) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_DATA',
        `a batch has arrays of ${size} and of ${odd.shape[0] ?? 'no'} samples; all must have the same number`,
      );
    }
    if (!wantsTargets && ys !== undefined) disposeAll(ys);
    return { inputs, targets, sampleWeights: weights, size };
  } catch (error) {
    tf.dispose(made);
    throw error;
  }
}

/** The tensors of a part of a batch. Those that are made from arrays are added to `made`. */
async function createTensors(
  arrays: Arrays,
  name: string,
  names: readonly string[] | undefined,
  made: tf.Tensor[],
): Promise<tf.Tensor[]> {
  const tensors: tf.Tensor[] = [];
  for (const array of asList(arrays, name, names)) {
    if (array instanceof tf.Tensor) {
      tensors.push(array);
      continue;
    }
    const host = await readHostArray(array, name);
    const tensor = gatherRows(host, undefined, 0, host.shape[0] ?? 0);
    made.push(tensor);
    tensors.push(tensor);
  }
  return tensors;
}

function readBatch(given: unknown, wantsTargets: boolean): DataBatch {
  if (given instanceof tf.Tensor && !wantsTargets) return { xs: given };
  const batch: Partial<DataBatch> = Array.isArray(given)
    ? { xs: given[0], ys: given[1], sampleWeights: given[2] }
    : ((given ?? {}) as Partial<DataBatch>);
  if (batch.xs === undefined || (wantsTargets && batch.ys === undefined)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `a batch must be ${wantsTargets ? '{ xs, ys } or [xs, ys]' : '{ xs } or a tensor'}, not ${formatValue(given)}`,
    );
  }
  return batch as DataBatch;
}
