import { useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs';
import gptTfjs from 'gpt-tfjs';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { wasmBackend } from '../src/index.js';

const DIGITS = 3;
const LENGTH = 6;

afterAll(() => useBackend({ name: 'wasm', kernels: 'stock', start: () => tf.setBackend('wasm'), stop() {} }));

/** The library draws its weights and masks from tfjs, which seeds itself with Math.random. */
beforeEach(() => {
  vi.spyOn(Math, 'random').mockImplementation(repeatable(11));
});
afterEach(() => void vi.restoreAllMocks());

test('gpt-tfjs, the library of tfjs issue 8082, trains unchanged: a small GPT learns to sort by its own loop and layers', async () => {
  await useBackend(wasmBackend());
  const gpt = gptTfjs.model.GPTLMHeadModel({
    nLayer: 2,
    nHead: 2,
    nEmbd: 16,
    vocabSize: DIGITS,
    blockSize: 2 * LENGTH - 1,
    dropout: 0.1,
    debug: false,
  });
  const losses: number[] = [];
  await gpt.train(sorting(), {
    epochs: 5,
    batchSize: 8,
    lr: 1e-2,
    callbacks: [(_, loss) => void losses.push(loss)],
  });
  expect(losses.length).toBe(40);
  // tfjs shuffles the data by the clock, so that runs differ.
  expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 2);
});

/** Uniform numbers that repeat: the generator of Park and Miller. */
function repeatable(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** Digits, then the same digits in order: the expected output. The loss ignores targets of -1. */
function sorting(): tf.data.Dataset<tf.TensorContainer> {
  return tf.data
    .generator(function* () {
      for (let row = 0; row < 64; row++) {
        const digits = Array.from(
          { length: LENGTH },
          (_, place) => (row * 7 + place * place * (row + 1)) % DIGITS,
        );
        const all = [...digits, ...[...digits].sort()];
        yield {
          x: all.slice(0, -1),
          y: all.slice(1).map((digit, place) => (place < LENGTH - 1 ? -1 : digit)),
        };
      }
    } as never)
    .map((value) => {
      const { x, y } = value as unknown as { x: tf.Tensor; y: tf.Tensor };
      return { x: tf.cast(x, 'int32'), y: tf.oneHot(tf.cast(y, 'int32') as tf.Tensor1D, DIGITS) };
    });
}
