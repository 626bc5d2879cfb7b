import type { StateRecord, StateValue } from '@keepfit/callbacks';
import { isCount } from '@keepfit/callbacks/internal';
import type { BatchSource } from './batch-source.js';
import { countOpenings, getOpenings, type Opening } from './iterator-log.js';
import { decodeOpenings, encodeOpenings, type Opener } from './opening-text.js';

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

/** That order as a checkpoint keeps it. */
export interface OrderRecord {
  readonly [key: string]: StateValue;
  readonly openings: string;
  readonly trained: number;
  /** Numbers of reads, each followed by how many openings in a row have it; null if no reading matters. */
  readonly reads: readonly number[] | null;
  readonly others: number;
}

/** The order in which this process opened iterators of the training and validation data of a fit. */
export class DatasetOrder {
  readonly #training: object | undefined;
  readonly #validation: object | undefined;
  /** The number of the opening that the last pass trained came from. */
  #trained: number | undefined;
  #text: { readonly count: number; readonly text: string } = { count: 0, text: '' };

  constructor(training: BatchSource, validation: BatchSource | undefined) {
    this.#training = training.data;
    this.#validation = validation?.data === training.data ? undefined : validation?.data;
  }

  /** Notes the opening of the iterator that batches are trained from. */
  readonly noteTrained = (opening: Opening): void => {
    this.#trained = opening.number;
  };

  /** Takes the opening at an index for the one that the last pass trained came from. */
  assumeTrained(index: number): void {
    this.#trained = this.#list()[index]?.number;
  }

  get openings(): Opener[] {
    return this.#list().map(({ opener }) => opener);
  }

  /** Whether iterators are opened for it, so that they can be opened again. */
  has(opener: Opener): boolean {
    return (opener === 'T' ? this.#training : this.#validation) !== undefined;
  }

  /**
   * Whether a saved run may have drawn from a shuffle between two rounds of the pass that it trained last. A
   * replay reads all rounds first, so the draws come in another order.
   */
  mayHaveDrawnBetweenRounds({ openings, trained, reads }: SavedOrder): boolean {
    if (!((reads[trained] ?? 0) > 0)) return false;
    const since = openings.slice(trained + 1);
    return since.includes('T') || (since.includes('V') && this.#list().some(isShuffledValidation));
  }

  describe(): OrderRecord {
    const list = this.#list();
    if (this.#text.count !== list.length)
      this.#text = { count: list.length, text: encodeOpenings(list.map(({ opener }) => opener)) };
    const trained = list.findIndex(({ number }) => number === this.#trained);
    const since = trained === -1 ? 0 : countOpenings() - (this.#trained ?? 0);
    const own = list.length - trained - 1;
    const reads = list.some(({ opensLater }) => opensLater) ? encodeReads(list) : null;
    return { openings: this.#text.text, trained, reads, others: Math.max(0, since - own) };
  }

  #list(): (Opening & { readonly opener: Opener })[] {
    const of = (data: object | undefined, opener: Opener) =>
      data === undefined ? [] : getOpenings(data).map((opening) => ({ ...opening, opener }));
    return [...of(this.#training, 'T'), ...of(this.#validation, 'V')].sort((a, b) => a.number - b.number);
  }
}

const isShuffledValidation = ({ opener, hasShuffle }: Opening & { readonly opener: Opener }) =>
  opener === 'V' && hasShuffle;

/** Reads the order that a checkpoint keeps; undefined if it is none. */
export function readOrder({ openings, trained, reads, others }: StateRecord): SavedOrder | undefined {
  const list = typeof openings === 'string' ? decodeOpenings(openings) : undefined;
  if (list === undefined || !Number.isSafeInteger(trained) || !Number.isSafeInteger(others)) return undefined;
  const decoded = reads === null ? [] : decodeReads(reads, list.length);
  if (decoded === undefined) return undefined;
  return { openings: list, trained: Number(trained), reads: decoded, others: Number(others) };
}

function encodeReads(list: readonly Opening[]): number[] {
  const encoded: number[] = [];
  for (const { opensLater, reads } of list) {
    const value = opensLater ? reads : 0;
    if (encoded.at(-2) === value) encoded.push((encoded.pop() ?? 0) + 1);
    else encoded.push(value, 1);
  }
  return encoded;
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
