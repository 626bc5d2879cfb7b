import { type Batch, type BatchSource, disposeBatches } from './batch-source.js';
import type { Opening } from './iterator-log.js';

/** The position of a stream in its data. */
export interface StreamPosition {
  readonly pass: number;
  /** How many batches of the pass have been taken. */
  readonly position: number;
}

/** What follows a stream: it hears of each opening of a dataset, and of each first batch of a pass. */
export interface StreamObserver {
  onOpening(opening: Opening): void;
  onFirstBatch(batch: Batch): Promise<void>;
}

/**
 * Gives batches one after the other, from any position on. It stops at the end of a pass until
 * `beginNextPass` is called.
 */
export class BatchStream {
  readonly #source: BatchSource;
  readonly #seed: number;
  readonly #observer: StreamObserver | undefined;
  #position: StreamPosition;
  #iterator: Iterator<Batch> | AsyncIterator<Batch> | undefined;
  #isAtEnd = false;
  /** The next batch, if it was made before it is asked for. */
  #ahead: Batch | undefined;

  constructor(
    source: BatchSource,
    seed: number,
    position: StreamPosition = { pass: 0, position: 0 },
    observer?: StreamObserver,
  ) {
    this.#source = source;
    this.#seed = seed;
    this.#position = position;
    this.#observer = observer;
  }

  get position(): StreamPosition {
    return this.#position;
  }

  /** The next batches of this pass, at most `count`; fewer at its end. The caller disposes them. */
  async take(count: number): Promise<Batch[]> {
    const batches: Batch[] = [];
    try {
      while (batches.length < count) {
        const batch = await this.#next();
        if (batch === undefined) break;
        batches.push(batch);
      }
      return batches;
    } catch (error) {
      disposeBatches(batches);
      throw error;
    }
  }

  /** Makes the next batch of this pass before it is taken, if nobody sees that. It stays the stream's until then. */
  makeNext(): Batch | undefined {
    if (this.#source.canMakeAhead !== true || this.#ahead !== undefined || this.#isAtEnd) return this.#ahead;
    const { done, value } = (this.#openIterator() as Iterator<Batch, undefined>).next();
    this.#isAtEnd = done === true;
    return (this.#ahead = value);
  }

  /** Continues with the first batch of the next pass. */
  async beginNextPass(): Promise<void> {
    await this.close();
    this.#position = { pass: this.#position.pass + 1, position: 0 };
  }

  /**
   * The first batches of the next pass, at most `count`. If it has none, the stream stays at the end of this
   * pass, so that a run which continues from here finds the end again.
   */
  async takeFromNextPass(count: number): Promise<Batch[]> {
    const end = this.#position;
    await this.beginNextPass();
    const batches = await this.take(count);
    if (batches.length === 0) {
      await this.close();
      this.#position = end;
    }
    return batches;
  }

  /** Closes the source; call it when no more batches are wanted. */
  async close(): Promise<void> {
    const iterator = this.#iterator;
    this.#iterator = undefined;
    this.#isAtEnd = false;
    if (this.#ahead !== undefined) disposeBatches([this.#ahead]);
    this.#ahead = undefined;
    await iterator?.return?.();
  }

  async #next(): Promise<Batch | undefined> {
    const batch = await this.#takeFromSource();
    if (batch === undefined) return undefined;
    const { pass, position } = this.#position;
    this.#position = { pass, position: position + 1 };
    if (position === 0) await this.#tellOfFirst(batch);
    return batch;
  }

  async #takeFromSource(): Promise<Batch | undefined> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead !== undefined || this.#isAtEnd) return ahead;
    const { done, value } = await this.#openIterator().next();
    this.#isAtEnd = done === true;
    return done === true ? undefined : value;
  }

  #openIterator(): Iterator<Batch> | AsyncIterator<Batch> {
    const { pass, position } = this.#position;
    return (this.#iterator ??= this.#source.open({
      pass,
      from: position,
      seed: this.#seed,
      onOpening: this.#observer?.onOpening,
    }));
  }

  async #tellOfFirst(batch: Batch): Promise<void> {
    try {
      await this.#observer?.onFirstBatch(batch);
    } catch (error) {
      disposeBatches([batch]);
      throw error;
    }
  }
}
