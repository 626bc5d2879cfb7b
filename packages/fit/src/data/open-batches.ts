import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { createRandomStream } from '../random/random-stream.js';
import { type BatchData, type DatasetLike, isDataset, isSeekable } from './batch-data.js';
import type { OpeningRequest, PassRequest } from './batch-source.js';
import { logOpening, type Opening } from './iterator-log.js';
import { hasShuffle, opensShuffleLater } from './opens-later.js';
import { disposeAll } from './read-batch.js';

/** The first batches of a pass, this many, each have their own random numbers. */
const BATCHES_A_PASS = 2 ** 20;

type Given = Iterable<unknown> | AsyncIterable<unknown>;

/** The batches of a pass as the user makes them, from one of them on. */
export async function* openBatches(data: BatchData, request: PassRequest): AsyncGenerator<unknown> {
  const { pass, from, seed } = request;
  if (isSeekable(data)) {
    const randomFor = (batch: number) => createRandomStream(seed, 'data', pass * BATCHES_A_PASS + batch).next;
    const batches: unknown = await data.batchesFrom(pass, from, { randomFor });
    if (!isGiven(batches)) throw refuse('batchesFrom', 'an iterable or an async iterable', batches);
    yield* batches as AsyncIterable<unknown>;
    return;
  }
  const batches = isDataset(data) ? data : await callFactory(data, request);
  yield* skip(isDataset(batches) ? iterate(batches, data, request) : batches, from);
}

/**
 * Opens an iterator of a dataset, reads it so many times, and closes it, as a pass would. A factory is called
 * for the pass; if it makes no dataset, its batches are not begun.
 */
export async function openOnly(data: BatchData, request: OpeningRequest): Promise<void> {
  if (isSeekable(data)) return;
  const dataset = isDataset(data) ? data : await callFactory(data, request);
  if (!isDataset(dataset)) return;
  const iterator = await openLogged(dataset, data);
  try {
    for (let read = 0; read < request.reads; read++) {
      const { done, value } = await iterator.next();
      if (done) break;
      disposeAll(value);
    }
  } finally {
    await iterator.close();
  }
}

async function callFactory(
  factory: Exclude<BatchData, DatasetLike | { batchesFrom: unknown }>,
  { pass, seed }: Pick<PassRequest, 'pass' | 'seed'>,
): Promise<Given | DatasetLike> {
  if (/^class\b/.test(Function.prototype.toString.call(factory))) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `batches are given as the class ${factory.name}; give an object of it, or a function that returns one`,
    );
  }
  const random = createRandomStream(seed, 'data', pass * BATCHES_A_PASS).next;
  const made: unknown = await factory({ epoch: pass, random });
  if (isDataset(made) || isGiven(made)) return made;
  throw refuse(
    'the factory of batches',
    'an iterable, an async iterable, a dataset, or a promise of one of these',
    made,
  );
}

function isGiven(value: unknown): value is Given {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof tf.Tensor || ArrayBuffer.isView(value)) return false;
  return Symbol.asyncIterator in value || Symbol.iterator in value;
}

function refuse(what: string, wanted: string, received: unknown): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `${what} must return ${wanted}, and returned ${formatValue(received)}; yield each batch as { xs, ys }`,
  );
}

async function* skip(batches: Given, count: number): AsyncGenerator<unknown> {
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

/** Iterates a dataset that `data` is or made. */
async function* iterate(
  dataset: DatasetLike,
  data: BatchData,
  { onOpening }: PassRequest,
): AsyncGenerator<unknown> {
  const iterator = await openLogged(dataset, data, onOpening);
  try {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.close();
  }
}

/** Opens an iterator, and logs the opening and each read. */
async function openLogged(
  dataset: DatasetLike,
  data: BatchData,
  onOpening?: (opening: Opening) => void,
): Promise<Pick<Awaited<ReturnType<DatasetLike['iterator']>>, 'next'> & { close(): Promise<void> }> {
  const opening = logOpening(data);
  onOpening?.(opening);
  const iterator = await dataset.iterator();
  opening.hasShuffle = hasShuffle(iterator);
  return {
    async next() {
      const result = await iterator.next();
      opening.reads += 1;
      if (opening.reads === 1) opening.opensLater = opensShuffleLater(iterator);
      return result;
    },
    async close() {
      await iterator.return?.();
    },
  };
}
