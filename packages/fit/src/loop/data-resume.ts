import type { Difference, StateValue } from '@keepfit/callbacks';
import { escapeLine, printWarning } from '@keepfit/callbacks/internal';
import { computeBatchChecksum } from '../data/batch-checksum.js';
import { isDataset } from '../data/batch-data.js';
import { disposeBatches } from '../data/batch-source.js';
import type { BatchStream, StreamPosition } from '../data/batch-stream.js';
import { replayOpenings } from '../data/replay-openings.js';
import { assumeOrder } from '../data/saved-order.js';
import type { SavedState } from '../state/saved-state.js';
import type { FitState } from './fit-state.js';

/** Training data at the place of a saved run. */
interface Ready {
  readonly place: StreamPosition;
  readonly seed: number;
  readonly stream: BatchStream;
  /** The checksum of the batch that was made again; null if there is none any more, undefined if none was made. */
  readonly checksum: number | null | undefined;
}

/**
 * Brings the data of a fit to the place of a saved run, and compares them with what that run had. Its stream
 * is the one that training continues with: opening the data twice would change the order of a shuffle.
 */
export class DataResume {
  readonly #state: FitState;
  #ready: Ready | undefined;
  /** What the last comparison found. */
  #found: readonly Difference[] = [];

  constructor(state: FitState) {
    this.#state = state;
  }

  /**
   * Lists what differs between the data and those of the saved run: rows of arrays, and one batch.
   *
   * @param known The differences found so far. A batch is not compared if they explain its difference.
   */
  async compare(saved: SavedState, known: readonly Difference[]): Promise<readonly Difference[]> {
    this.#found = await this.#findDifferences(saved, known);
    return this.#found;
  }

  /** Takes the stream that training continues with. Warns if it was chosen to continue with other data. */
  async take(saved: SavedState): Promise<BatchStream> {
    if (this.#found.length > 0) warnOfOtherData(this.#found);
    this.#found = [];
    const { stream, checksum } = await this.#prepare(saved);
    const { firstBatch, lastBatch } = saved.data;
    this.#state.checksums.want();
    const isWithin = saved.position.position > 0;
    this.#state.checksums.restore(
      isWithin ? firstBatch : (checksum ?? firstBatch),
      isWithin ? (checksum ?? lastBatch) : lastBatch,
    );
    return stream;
  }

  /** Whether the data stand at the place of a saved run. Another comparison may have moved them. */
  isAt({ position: { pass, position } }: SavedState): boolean {
    return this.#ready?.place.pass === pass && this.#ready.place.position === position;
  }

  /** Closes the data that were opened. */
  async close(): Promise<void> {
    const ready = this.#ready;
    if (ready === undefined) return;
    this.#ready = undefined;
    this.#found = [];
    this.#state.checksums.restore(undefined, undefined);
    await ready.stream.close();
  }

  async #findDifferences(saved: SavedState, known: readonly Difference[]): Promise<Difference[]> {
    const rows = known.some(changesRows) ? [] : await this.#compareRows(saved);
    const { checksum } = await this.#prepare(saved);
    if (known.some(changesBatches)) return rows;
    const item = saved.position.position > 0 ? 'lastBatch' : 'firstBatch';
    const before = saved.data[item];
    if (before === undefined || checksum === undefined || before === checksum) return rows;
    return [...rows, { item: `data.${item}`, saved: before, current: checksum, canContinue: true }];
  }

  async #compareRows({ data: { rows: saved } }: SavedState): Promise<Difference[]> {
    const { rows } = this.#state.plan.source;
    if (saved === undefined || rows === undefined) return [];
    if (rows.saved.count > saved.count) rows.startOver();
    while (rows.advance(saved.count)) await this.#state.plan.yielder.turn();
    const current = rows.saved.checksums;
    return saved.checksums.flatMap((checksum, index) => {
      const now: StateValue = current[index] ?? null;
      const item = `data.allRows[${index}]`;
      return checksum === now ? [] : [{ item, saved: checksum, current: now, canContinue: true }];
    });
  }

  async #prepare(saved: SavedState): Promise<Ready> {
    const { plan, order } = this.#state;
    const seed = plan.seed ?? saved.seed;
    const { pass, position } = saved.position;
    if (this.#ready?.seed === seed && this.isAt(saved)) return this.#ready;
    const moved = await this.#continueWith(saved.position, seed);
    if (moved !== undefined) return moved;
    await this.close();
    const trained = async (reads: number) =>
      void (this.#ready = await this.#openAt(saved.position, seed, reads));
    const trainedPass = position > 0 ? pass : pass > 0 ? pass - 1 : undefined;
    const savedOrder =
      saved.data.order ??
      (plan.source.data !== undefined && isDataset(plan.source.data)
        ? assumeOrder(pass, position)
        : { openings: [], trained: -1, reads: [], others: 0 });
    await replayOpenings(order, savedOrder, trainedPass, {
      trained,
      only: async (opener, of, reads) => {
        const source = opener === 'T' ? plan.source : plan.validation?.source;
        await source?.openOnly?.({ pass: of, seed, reads });
      },
    });
    if (position > 0 && !this.isAt(saved)) await trained(0);
    const stream = this.#ready?.stream ?? this.#state.openStream(saved.position, seed);
    const ready = { place: saved.position, seed, stream, checksum: this.#ready?.checksum };
    this.#ready = ready;
    if (savedOrder.others > 0) warnOfOthers(savedOrder.others);
    // A pass that ended has no rounds left that a draw could change.
    if (position > 0 && order.mayHaveDrawnBetweenRounds(savedOrder)) warnOfRounds();
    return ready;
  }

  /** Moves data that stand earlier in the same pass: opening an iterator again would give another order. */
  async #continueWith(place: StreamPosition, seed: number): Promise<Ready | undefined> {
    const ready = this.#ready;
    if (ready === undefined || ready.seed !== seed || ready.place.pass !== place.pass) return undefined;
    if (ready.place.position === 0 || ready.place.position > place.position) return undefined;
    let { checksum } = ready;
    while (ready.stream.position.position < place.position && checksum !== null)
      checksum = await computeNext(ready.stream);
    this.#ready = { ...ready, place, checksum };
    return this.#ready;
  }

  /** Opens the data one batch before a place, or at the pass that ended there, and makes a batch again. */
  async #openAt(place: StreamPosition, seed: number, reads: number): Promise<Ready> {
    const isWithin = place.position > 0;
    const before = isWithin
      ? { pass: place.pass, position: place.position - 1 }
      : { pass: place.pass - 1, position: 0 };
    const stream = this.#state.openStream(before, seed);
    try {
      const checksum = await computeNext(stream);
      if (isWithin) return { place, seed, stream, checksum };
      for (let read = 1; read < reads; read++) disposeBatches(await stream.take(1));
      await stream.close();
      return { place, seed, stream: this.#state.openStream(place, seed), checksum };
    } catch (error) {
      await stream.close();
      throw error;
    }
  }
}

/** The checksum of the next batch; null at the end of the pass. */
async function computeNext(stream: BatchStream): Promise<number | null> {
  const batches = await stream.take(1);
  try {
    const [batch] = batches;
    return batch === undefined ? null : await computeBatchChecksum(batch);
  } finally {
    disposeBatches(batches);
  }
}

/** Whether a difference means that rows of arrays differ, or are not the same ones. */
function changesRows({ item }: Difference): boolean {
  return item.startsWith('data.') || item === 'sampleWeight' || item.startsWith('classWeight');
}

/** Whether a difference means that batches differ. */
function changesBatches(difference: Difference): boolean {
  return changesRows(difference) || ['seed', 'batchSize', 'shuffle'].includes(difference.item);
}

function warnOfOtherData(found: readonly Difference[]): void {
  const items = escapeLine(found.map(({ item }) => item).join(', '));
  printWarning(
    `keepfit: training continues with data that differ from those of the checkpoint (${items}); the result is that of another run`,
  );
}

function warnOfRounds(): void {
  printWarning(
    'keepfit: the training data repeat a shuffle, and shuffled data were opened for a validation meanwhile. If they share ' +
      'that shuffle, the order of the samples differs from here on. Give each its own shuffle, or call repeat before shuffle',
  );
}

function warnOfOthers(count: number): void {
  printWarning(
    `keepfit: since its last pass through the training data began, the saved run opened iterators of other datasets too (${count}). ` +
      'They are not opened again: if they share a shuffle with the training data, later batches differ. Give each its own shuffle',
  );
}
