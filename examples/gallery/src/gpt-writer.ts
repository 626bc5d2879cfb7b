import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { Callback, seeded } from 'keepfit';

export interface WriterOptions {
  /** The letters that the model knows, by their codes. */
  readonly letters: readonly string[];
  /** How many letters the model sees at once. */
  readonly context: number;
  /** How the text begins. */
  readonly begin: string;
}

/** Writes some text after each epoch. Its seed is the epoch, so it writes the same after a resume. */
export class Writer extends Callback {
  readonly #model: LayersModel;
  readonly #options: WriterOptions;

  constructor(model: LayersModel, options: WriterOptions) {
    super();
    this.#model = model;
    this.#options = options;
  }

  override onEpochEnd(epoch: number): void {
    let text = this.#options.begin;
    seeded(epoch, () => {
      while (text.length < 200) text += this.#chooseLetter(text);
    });
    console.log(`\n${text}\n`);
  }

  /** Draws the next letter, as likely as the model finds it. */
  #chooseLetter(text: string): string {
    const { letters, context } = this.#options;
    const seen = text.slice(-context);
    // The letters after the last one are not looked at.
    const codes = Array.from({ length: context }, (_, index) => letters.indexOf(seen[index] ?? ' '));
    const all = tf.tidy(() =>
      (this.#model.predict(tf.tensor2d([codes], [1, context], 'int32')) as tf.Tensor).dataSync(),
    );
    let rest = Math.random();
    const first = (seen.length - 1) * letters.length;
    return letters.find((_, code) => (rest -= all[first + code] ?? 0) < 0) ?? ' ';
  }
}
