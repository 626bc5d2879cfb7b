/** One opening of an iterator of a tf.data dataset. */
export interface Opening {
  /** Of this process, from 1. */
  readonly number: number;
  /** How often `next` was called. */
  reads: number;
  /** Whether reading has opened iterators of a shuffle, so that it draws from the shuffle too. */
  opensLater: boolean;
  /** Whether it reads from a shuffle. */
  hasShuffle: boolean;
}

/**
 * The iterators of tf.data datasets that this process opened, in order, by the data that gave the dataset. They
 * are forgotten with the data.
 *
 * A seeded shuffle of tf.data gives each iterator another order: it draws a seed whenever an iterator of a
 * dataset that is derived from it is opened. So the order of all openings decides what each of them gives.
 */
const openings = new WeakMap<object, Opening[]>();
let opened = 0;

/** Notes that an iterator is opened now, of `data` or of a dataset that the factory `data` made. */
export function logOpening(data: object): Opening {
  opened += 1;
  const opening = { number: opened, reads: 0, opensLater: false, hasShuffle: false };
  const list = openings.get(data);
  if (list === undefined) openings.set(data, [opening]);
  else list.push(opening);
  return opening;
}

/** The openings of `data`, in order. */
export function getOpenings(data: object): readonly Opening[] {
  return openings.get(data) ?? [];
}

/** How many iterators this process has opened, of any data. */
export function countOpenings(): number {
  return opened;
}
