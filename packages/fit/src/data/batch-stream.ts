import type { Batch, BatchSource } from './batch-source.js';

/** Where a stream stands in its data. */
export interface StreamPosition {
  readonly pass: number;
  /** How many batches of the pass are taken. */
  readonly position: number;
}

/** Batches one after the other, pass after pass, from any position on. */
export class BatchStream {
  readonly #source: BatchSource;
  readonly #seed: number;
  #pass: number;
  #position: number;
  #iterator: Iterator<Batch> | AsyncIterator<Batch> | undefined;

  constructor(source: BatchSource, seed: number, { pass, position }: StreamPosition = { pass: 0, position: 0 }) {
    this.#source = source;
    this.#seed = seed;
    this.#pass = pass;
    this.#position = position;
  }

  get position(): StreamPosition {
    return { pass: this.#pass, position: this.#position };
  }

  /** The next batch of this pass, or undefined at its end; the batch after that is the first of the next pass. */
  async next(): Promise<Batch | undefined> {
    this.#iterator ??= this.#source.open({ pass: this.#pass, from: this.#position, seed: this.#seed });
    const { done, value } = await this.#iterator.next();
    if (done) {
      this.#iterator = undefined;
      this.#pass += 1;
      this.#position = 0;
      return undefined;
    }
    this.#position += 1;
    return value;
  }

  /** Lets go of the source; call it when no more batches are wanted. */
  async close(): Promise<void> {
    await this.#iterator?.return?.();
    this.#iterator = undefined;
  }
}
