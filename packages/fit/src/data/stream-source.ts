import { KeepfitError, type StateRecord } from '@keepfit/callbacks';
import { formatValue, isCount } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import {
  type ArrayDataRequest,
  type Arrays,
  asList,
  checkWeights,
  type NameLists,
  refuseRecords,
  type SampleWeights,
  withShapes,
} from './array-data.js';
import { type BatchData, isDataset, isSeekable } from './batch-data.js';
import type { Batch, BatchSource, PassRequest } from './batch-source.js';
import { checkTensor, gatherRows, type HostArray, readHostArray } from './host-array.js';
import { openBatches, openOnly } from './open-batches.js';
import { type BatchParts, disposeAll, readBatch, type TargetUse } from './read-batch.js';

type Names = Pick<ArrayDataRequest, 'inputNames' | 'outputNames' | 'outputAliases'>;

/** Batches that the user makes: by a factory, from any batch on, or as a `tf.data.Dataset`. */
export function createStreamSource(data: BatchData, names: Names, use: TargetUse = 'required'): BatchSource {
  const kind = isDataset(data) ? 'dataset' : isSeekable(data) ? 'seekable' : 'factory';
  checkLength(data);
  return {
    batches: getLength(data),
    // The size of a Dataset is an estimate: that of zip takes no notice of parts without one.
    promised: isSeekable(data) ? getLength(data) : undefined,
    data,
    open: (request) => createBatches(limit(openBatches(data, request), data, request), names, use),
    openOnly: (request) => openOnly(data, request),
    fingerprint: (): StateRecord => ({ stream: kind, batches: getLength(data) ?? null }),
  };
}

/** Whether the data say that a pass never ends, as a Dataset with `repeat()` does. */
export function isEndless(data: BatchData): boolean {
  return isDataset(data) ? data.size === Infinity : isSeekable(data) && data.length === Infinity;
}

function checkLength(data: BatchData): void {
  if (!isSeekable(data) || data.length === undefined || data.length === Infinity || isCount(data.length))
    return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `length of batches must be the number of batches a pass, not ${formatValue(data.length)}; leave it out if it is not known`,
  );
}

function getLength(data: BatchData): number | undefined {
  if (isSeekable(data)) return data.length === Infinity ? undefined : data.length;
  if (!isDataset(data)) return undefined;
  const { size } = data;
  return typeof size === 'number' && Number.isFinite(size) && size > 0 ? size : undefined;
}

/** As in Keras, a pass ends at its length even if it would give more batches. */
async function* limit(
  batches: AsyncIterable<unknown>,
  data: BatchData,
  { from }: PassRequest,
): AsyncGenerator<unknown> {
  let left = isSeekable(data) ? (getLength(data) ?? Infinity) - from : Infinity;
  if (left <= 0) return;
  for await (const batch of batches) {
    yield batch;
    left -= 1;
    if (left <= 0) return;
  }
}

async function* createBatches(
  batches: AsyncIterable<unknown>,
  names: Names,
  use: TargetUse,
): AsyncGenerator<Batch> {
  for await (const given of batches) {
    let parts: BatchParts | undefined;
    try {
      parts = readBatch(given, use);
      if (use === 'optional') refuseRecords({ ...parts });
      yield await batchTensors(parts, names, use !== 'none');
    } catch (error) {
      disposeAll([given, parts]);
      throw error;
    }
  }
}

/**
 * The batch as tensors, which now belong to the caller. If the batch is refused, the tensors made from it are
 * disposed.
 */
async function batchTensors(
  { xs, ys, sampleWeights }: BatchParts,
  names: Names,
  wantsTargets: boolean,
): Promise<Batch> {
  const made: tf.Tensor[] = [];
  try {
    const inputs = await createTensors(xs, 'xs', [names.inputNames], made);
    if (!wantsTargets) disposeAll([ys, sampleWeights], inputs);
    const outputs: NameLists = [names.outputAliases, names.outputNames];
    const targets = wantsTargets && ys !== undefined ? await createTensors(ys, 'ys', outputs, made) : [];
    const weights =
      wantsTargets && sampleWeights !== undefined
        ? await createTensors(
            withShapes(sampleWeights as SampleWeights),
            'sampleWeights',
            outputs,
            made,
            checkWeights,
          )
        : [];
    const size = inputs[0]?.shape[0] ?? 0;
    if (size === 0) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_DATA',
        'a batch has no samples; give each batch at least one, and leave out those without any',
      );
    }
    const odd = [...inputs, ...targets, ...weights].find(({ shape }) => shape[0] !== size);
    if (odd !== undefined) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_DATA',
        `a batch has arrays of ${size} and of ${odd.shape[0] ?? 'no'} samples; all must have the same number`,
      );
    }
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
  names: NameLists,
  made: tf.Tensor[],
  check?: (array: HostArray, name: string) => void,
): Promise<tf.Tensor[]> {
  const tensors: tf.Tensor[] = [];
  for (const array of asList(arrays, name, names)) {
    if (array instanceof tf.Tensor) {
      checkTensor(array, name);
      tensors.push(array);
      continue;
    }
    const host = await readHostArray(array, name);
    check?.(host, name);
    const tensor = gatherRows(host, undefined, 0, host.shape[0] ?? 0);
    made.push(tensor);
    tensors.push(tensor);
  }
  return tensors;
}
