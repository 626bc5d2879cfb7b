import type { DatasetOrder } from './dataset-order.js';
import type { Opener } from './opening-text.js';
import type { SavedOrder } from './saved-order.js';

/** How a replay opens what the saved run had opened. */
export interface Openers {
  /** Opens the data for the pass that was trained last. */
  trained(reads: number): Promise<void>;
  /** Opens the iterator of one pass, reads it so many times, and closes it. */
  only(opener: Opener, pass: number, reads: number): Promise<void>;
}

/**
 * Opens the iterators that a saved run had opened and this process has not, in the order of that run. After
 * it, a seeded shuffle has the state that it had then.
 *
 * What this process has opened may be no beginning of that order. Then it opens what is missing by number,
 * and the checksum of a batch shows whether the data are still the same.
 *
 * @param trainedPass The pass that was trained last; undefined if none was.
 */
export async function replayOpenings(
  order: DatasetOrder,
  saved: SavedOrder,
  trainedPass: number | undefined,
  openers: Openers,
): Promise<void> {
  const own = order.openings;
  // Validation data may have changed; openings of data that is no longer given cannot be replayed.
  const wanted = saved.openings
    .map((opener, index) => ({ opener, isTrained: index === saved.trained, reads: saved.reads[index] ?? 0 }))
    .filter(({ opener }) => order.has(opener));
  const openersWanted = wanted.map(({ opener }) => opener);
  const missing = findMissing(openersWanted, own);
  let pass = (trainedPass ?? 0) + 1 - wanted.slice(0, findEnd(wanted)).filter(isTraining).length;
  let isOpen = trainedPass === undefined;
  for (const [index, { opener, isTrained, reads }] of wanted.entries()) {
    const passHere = opener === 'T' ? Math.max(0, pass++) : 0;
    if (!missing.has(index)) continue;
    if (isTrained && trainedPass !== undefined) {
      await openers.trained(reads);
      isOpen = true;
    } else {
      await openers.only(opener, passHere > (trainedPass ?? 0) ? 0 : passHere, reads);
    }
  }
  if (isOpen) return;
  // The process has opened just what the saved run had: one more iterator would be one too many.
  const trained = wanted.findIndex(({ isTrained }) => isTrained);
  if (trained !== -1 && isBeginning(own, openersWanted)) order.assumeTrained(trained);
  else await openers.trained(0);
}

const isTraining = ({ opener }: { readonly opener: Opener }) => opener === 'T';

/** The number of openings up to the one of the last pass trained. */
function findEnd(wanted: readonly { readonly isTrained: boolean }[]): number {
  const trained = wanted.findIndex(({ isTrained }) => isTrained);
  return trained === -1 ? wanted.length : trained + 1;
}

/** The indices of what is wanted and was not opened. */
function findMissing(wanted: readonly Opener[], own: readonly Opener[]): Set<number> {
  if (isBeginning(own, wanted)) return new Set([...wanted.keys()].slice(own.length));
  const left = {
    T: own.filter((opener) => opener === 'T').length,
    V: own.filter((opener) => opener === 'V').length,
  };
  const missing = new Set<number>();
  for (const [index, opener] of wanted.entries()) {
    if (left[opener] > 0) left[opener] -= 1;
    else missing.add(index);
  }
  return missing;
}

function isBeginning(own: readonly Opener[], wanted: readonly Opener[]): boolean {
  return own.length <= wanted.length && own.every((opener, index) => opener === wanted[index]);
}
