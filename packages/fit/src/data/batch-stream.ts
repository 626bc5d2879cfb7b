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
    await iterator?.return?.();
  }

  async #next(): Promise<Batch | undefined> {
    if (this.#isAtEnd) return undefined;
    const { pass, position } = this.#position;
    this.#iterator ??= this.#source.open({
      pass,
      from: position,
      seed: this.#seed,
      onOpening: this.#observer?.onOpening,
    });
    const { done, value } = await this.#iterator.next();
    if (done) {
      this.#isAtEnd = true;
      return undefined;
    }
    this.#position = { pass, position: position + 1 };
    if (position === 0) await this.#tellOfFirst(value);
    return value;
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
