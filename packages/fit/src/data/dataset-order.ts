import type { StateValue } from '@keepfit/callbacks';
import type { BatchSource } from './batch-source.js';
import { countOpenings, getOpenings, type Opening } from './iterator-log.js';
import { encodeOpenings, type Opener } from './opening-text.js';
import type { SavedOrder } from './saved-order.js';

/** The order as a checkpoint keeps it. `readOrder` reads it. */
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

function encodeReads(list: readonly Opening[]): number[] {
  const encoded: number[] = [];
  for (const { opensLater, reads } of list) {
    const value = opensLater ? reads : 0;
    if (encoded.at(-2) === value) encoded.push((encoded.pop() ?? 0) + 1);
    else encoded.push(value, 1);
  }
  return encoded;
}
