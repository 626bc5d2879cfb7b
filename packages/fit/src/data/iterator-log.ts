/**
 * The numbers of the iterators of tf.data datasets that this process opened, in order, by the data that gave
 * the dataset. It is forgotten with the data.
 *
 * A seeded shuffle of tf.data gives each iterator another order: it draws a seed whenever an iterator of a
 * dataset that is derived from it is opened. So the order of all openings decides what each of them gives.
 */
const openings = new WeakMap<object, number[]>();
let opened = 0;

/** Notes that an iterator is opened now, of `data` or of a dataset that the factory `data` made. */
export function logOpening(data: object): number {
  opened += 1;
  const numbers = openings.get(data);
  if (numbers === undefined) openings.set(data, [opened]);
  else numbers.push(opened);
  return opened;
}

/** The numbers of the iterators opened of `data`, in increasing order. */
export function getOpenings(data: object): readonly number[] {
  return openings.get(data) ?? [];
}

/** How many iterators this process has opened, of any data. */
export function countOpenings(): number {
  return opened;
}
