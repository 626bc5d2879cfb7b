import type { StateRecord, StateValue } from '@keepfit/callbacks';
import { isCount } from '@keepfit/callbacks/internal';
import { decodeOpenings, type Opener } from './opening-text.js';

/** The order in which a saved run, and its process before it, opened iterators of its datasets. */
export interface SavedOrder {
  readonly openings: readonly Opener[];
  /** The index of the opening that the last pass trained came from; -1 if it is not among them. */
  readonly trained: number;
  /** How often each was read, if reading draws from a shuffle too, otherwise 0. Empty if none does. */
  readonly reads: readonly number[];
  /** How many iterators of other data were opened since then. They cannot be opened again. */
  readonly others: number;
}

/** Reads the order that a checkpoint keeps; undefined if it is none. */
export function readOrder({ openings, trained, reads, others }: StateRecord): SavedOrder | undefined {
  const list = typeof openings === 'string' ? decodeOpenings(openings) : undefined;
  if (list === undefined || !Number.isSafeInteger(trained) || !Number.isSafeInteger(others)) return undefined;
  const decoded = reads === null ? [] : decodeReads(reads, list.length);
  if (decoded === undefined) return undefined;
  return { openings: list, trained: Number(trained), reads: decoded, others: Number(others) };
}

/** The order of a run whose checkpoint keeps none: one iterator for each pass. */
export function assumeOrder(pass: number, position: number): SavedOrder {
  const count = pass + (position > 0 ? 1 : 0);
  return {
    openings: Array.from({ length: count }, () => 'T' as const),
    trained: count - 1,
    reads: [],
    others: 0,
  };
}

function decodeReads(encoded: StateValue | undefined, count: number): number[] | undefined {
  if (!Array.isArray(encoded) || !encoded.every(isCount)) return undefined;
  const decoded: number[] = [];
  for (let at = 0; at < encoded.length; at += 2) {
    const times = Number(encoded[at + 1]);
    if (!(decoded.length + times <= count)) return undefined;
    for (let time = 0; time < times; time++) decoded.push(Number(encoded[at]));
  }
  return decoded.length === count ? decoded : undefined;
}
