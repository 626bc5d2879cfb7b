import { type Batch, type BatchSource, disposeBatches } from './batch-source.js';

/** Where a stream stands in its data. */
export interface StreamPosition {
  readonly pass: number;
  /** How many batches of the pass are taken. */
  readonly position: number;
}

/** Batches one after the other, from any position on. At the end of a pass it stays, until it is told to begin the next. */
export class BatchStream {
  readonly #source: BatchSource;
  readonly #seed: number;
  #position: StreamPosition;
  #iterator: Iterator<Batch> | AsyncIterator<Batch> | undefined;
  #isAtEnd = false;

  constructor(source: BatchSource, seed: number, position: StreamPosition = { pass: 0, position: 0 }) {
    this.#source = source;
    this.#seed = seed;
    this.#position = position;
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

  /** Goes on with the first batch of the next pass. */
  async beginNextPass(): Promise<void> {
    await this.close();
    this.#position = { pass: this.#position.pass + 1, position: 0 };
  }

  /** Lets go of the source; call it when no more batches are wanted. */
  async close(): Promise<void> {
    const iterator = this.#iterator;
    this.#iterator = undefined;
    this.#isAtEnd = false;
    await iterator?.return?.();
  }

  async #next(): Promise<Batch | undefined> {
    if (this.#isAtEnd) return undefined;
    const { pass, position } = this.#position;
    this.#iterator ??= this.#source.open({ pass, from: position, seed: this.#seed });
    const { done, value } = await this.#iterator.next();
    if (done) {
      this.#isAtEnd = true;
      return undefined;
    }
    this.#position = { pass, position: position + 1 };
    return value;
  }
}
