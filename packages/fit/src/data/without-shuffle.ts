import { type BatchData, type DatasetLike, isDataset, isSeekable } from './batch-data.js';
import { logOpening } from './iterator-log.js';
import { hasShuffle } from './opens-later.js';
import { disposeAll } from './read-batch.js';

/**
 * The same batches, but a dataset that is shuffled is refused with the error of `refuse`: opening it draws from
 * the shuffle, which the training data may share. Other openings draw nothing and are not logged.
 */
export function withoutShuffle(data: BatchData, refuse: () => unknown): BatchData {
  if (isDataset(data)) {
    const length = data.size === Infinity ? { length: Infinity } : {};
    return { ...length, batchesFrom: () => iterate(data, data, refuse) as AsyncIterable<never> };
  }
  if (isSeekable(data)) return data;
  return async (context) => {
    const made = await data(context);
    return isDataset(made) ? (iterate(made, data, refuse) as AsyncIterable<never>) : made;
  };
}

/** Iterates a dataset that `data` is or made. */
async function* iterate(
  dataset: DatasetLike,
  data: BatchData,
  refuse: () => unknown,
): AsyncGenerator<unknown> {
  const iterator = await dataset.iterator();
  // Rounds of `repeat` open a shuffle later, so each read is followed by a look.
  const check = () => {
    if (!hasShuffle(iterator)) return;
    logOpening(data).hasShuffle = true;
    throw refuse();
  };
  try {
    check();
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      try {
        check();
      } catch (error) {
        disposeAll(next.value);
        throw error;
      }
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
