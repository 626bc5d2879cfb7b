import { KeepfitError, type StateRecord } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import { dispose, Tensor } from '@tensorflow/tfjs-core';
import { randomStream } from '../random/random-stream.js';
import { type ArrayDataRequest, type Arrays, asList } from './array-data.js';
import { type BatchData, type DataBatch, type DatasetLike, isDataset, isSeekable } from './batch-data.js';
import type { Batch, BatchSource, PassRequest } from './batch-source.js';
import { gatherRows, hostArray } from './host-array.js';

type Names = Pick<ArrayDataRequest, 'inputNames' | 'outputNames'>;

/** Batches that the user makes: by a factory, from any batch on, or as a `tf.data.Dataset`. */
export function streamSource(data: BatchData, names: Names, wantsTargets: boolean): BatchSource {
  const kind = isDataset(data) ? 'dataset' : isSeekable(data) ? 'seekable' : 'factory';
  return {
    batches: lengthOf(data),
    open: (request) => convert(openAt(data, request), names, wantsTargets),
    fingerprint: (): StateRecord => ({ stream: kind, batches: lengthOf(data) }),
  };
}

function lengthOf(data: BatchData): number | null {
  if (isSeekable(data)) return data.length ?? null;
  if (isDataset(data))
    return typeof data.size === 'number' && Number.isFinite(data.size) && data.size > 0 ? data.size : null;
  return null;
}

/** So many batches a pass have random numbers of their own. */
const BATCHES_A_PASS = 2 ** 20;

async function* openAt(data: BatchData, { pass, from, seed }: PassRequest): AsyncGenerator<unknown> {
  if (isSeekable(data)) {
    const randomFor = (batch: number) => randomStream(seed, 'data', pass * BATCHES_A_PASS + batch).next;
    yield* data.batchesFrom(pass, from, { randomFor });
  } else if (isDataset(data)) {
    yield* skip(datasetPass(data, pass), from);
  } else {
    yield* skip(data(pass, { random: randomStream(seed, 'data', pass * BATCHES_A_PASS).next }), from);
  }
}

async function* skip(
  batches: Iterable<unknown> | AsyncIterable<unknown>,
  count: number,
): AsyncGenerator<unknown> {
  let left = count;
  for await (const batch of batches) {
    if (left > 0) {
      left -= 1;
      disposeAll(batch);
    } else {
      yield batch;
    }
  }
}

/**
 * A seeded shuffle of tf.data gives each iterator another order, by how many were made before it. A dataset that this process has not yet
 * walked through must therefore have made as many iterators as passes are done.
 */
async function* datasetPass(dataset: DatasetLike, pass: number): AsyncGenerator<unknown> {
  const made = iteratorsMade.get(dataset) ?? 0;
  for (let earlier = made; earlier < pass; earlier++) await dataset.iterator();
  iteratorsMade.set(dataset, Math.max(made, pass) + 1);
  const iterator = await dataset.iterator();
  try {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

/** How many iterators of a dataset were made here; forgotten with the dataset. */
const iteratorsMade = new WeakMap<DatasetLike, number>();

async function* convert(
  batches: AsyncIterable<unknown>,
  names: Names,
  wantsTargets: boolean,
): AsyncGenerator<Batch> {
  for await (const given of batches) {
    try {
      yield await batchTensors(dataBatch(given, wantsTargets), names, wantsTargets);
    } catch (error) {
      disposeAll(given);
      throw error;
    }
  }
}

/** The batch as tensors; tensors in it change hands. What was made of a batch that is refused is let go of. */
async function batchTensors(
  { xs, ys, sampleWeights }: DataBatch,
  names: Names,
  wantsTargets: boolean,
): Promise<Batch> {
  const made: Tensor[] = [];
  try {
    const inputs = await tensorsOf(xs, 'xs', names.inputNames, made);
    const targets =
      wantsTargets && ys !== undefined ? await tensorsOf(ys, 'ys', names.outputNames, made) : [];
    const [weights] =
      sampleWeights === undefined ? [] : await tensorsOf(sampleWeights, 'sampleWeights', undefined, made);
    const size = inputs[0]?.shape[0] ?? 0;
    const odd = [...inputs, ...targets, ...(weights ? [weights] : [])].find(({ shape }) => shape[0] !== size);
    if (odd !== undefined) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_DATA',
        `a batch has arrays of ${size} and of ${odd.shape[0] ?? 'no'} samples; they must be as many`,
      );
    }
    if (!wantsTargets && ys !== undefined) disposeAll(ys);
    return { inputs, targets, sampleWeights: weights, size };
  } catch (error) {
    dispose(made);
    throw error;
  }
}

/** The tensors of a part of a batch: those given, and those made of arrays, which are added to `made`. */
async function tensorsOf(
  arrays: Arrays,
  name: string,
  names: readonly string[] | undefined,
  made: Tensor[],
): Promise<Tensor[]> {
  const tensors: Tensor[] = [];
  for (const array of asList(arrays, name, names)) {
    if (array instanceof Tensor) {
      tensors.push(array);
      continue;
    }
    const host = await hostArray(array, name);
    const tensor = gatherRows(host, undefined, 0, host.shape[0] ?? 0);
    made.push(tensor);
    tensors.push(tensor);
  }
  return tensors;
}

function dataBatch(given: unknown, wantsTargets: boolean): DataBatch {
  if (given instanceof Tensor && !wantsTargets) return { xs: given };
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

/** Disposes the tensors anywhere in a batch. */
function disposeAll(batch: unknown): void {
  if (batch instanceof Tensor) dispose(batch);
  else if (Array.isArray(batch) && typeof batch[0] === 'number') return;
  else if (typeof batch === 'object' && batch !== null && !ArrayBuffer.isView(batch))
    Object.values(batch).forEach(disposeAll);
}
