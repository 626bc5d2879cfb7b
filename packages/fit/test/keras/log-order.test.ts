import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cpuBackend } from '@keepfit/backend-cpu';
import {
  CSVLogger,
  LearningRateScheduler,
  type Logs,
  type OutputSink,
  ProgbarLogger,
} from '@keepfit/callbacks';
import { type Model, Trainer, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';

/** The keys that Keras gave at each place, in its order. Recorded by `scripts/recordings/log-order.py`. */
interface Recording {
  readonly keras: string;
  readonly epochs: number;
  readonly validationFreq: number;
  readonly hooks: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly history: readonly string[];
  readonly csv: string;
  readonly evaluate: readonly string[];
  readonly trainOnBatch: readonly string[];
  readonly testOnBatch: readonly string[];
  readonly progress: Readonly<Record<'1' | '2', readonly string[]>>;
}

const file = fileURLToPath(new URL('./log-order.json', import.meta.url));
const recording = JSON.parse(readFileSync(file, 'utf8')) as Recording;
const { epochs, validationFreq } = recording;

beforeAll(() => useBackend(cpuBackend()));

describe('log keys come in Keras’ order', () => {
  test('in every hook, in the history and in the columns of a CSV file', async () => {
    const { x, y } = rows(6);
    const validation = rows(4, 100);
    const seen: Record<string, string[][]> = {};
    const note = (hook: string) => (place: number | Logs, logs?: Logs) =>
      void (seen[hook] ??= []).push(Object.keys(logs ?? place));
    const hooks = Object.fromEntries(Object.keys(recording.hooks).map((hook) => [hook, note(hook)]));
    let text = '';
    const sink: OutputSink = {
      append: async (added) => void (text += new TextDecoder().decode(added as Uint8Array)),
      flush: async () => undefined,
      position: async () => text.length,
      truncate: async () => undefined,
    };
    const history = await newTrainer().fit(x, y, {
      epochs,
      validationFreq,
      batchSize: 2,
      shuffle: false,
      verbose: 0,
      validationData: [validation.x, validation.y],
      callbacks: [new LearningRateScheduler((_, rate) => rate), hooks, new CSVLogger(sink)],
    });
    expect(seen).toEqual(recording.hooks);
    expect(Object.keys(history.history)).toEqual(recording.history);
    expect(text.split('\n')[0]).toBe(recording.csv);
  });

  test('in the results of evaluate, trainOnBatch and testOnBatch', async () => {
    const { x, y } = rows(6);
    const trainer = newTrainer();
    expect(Object.keys(await trainer.evaluate(x, y, { verbose: 0 }))).toEqual(recording.evaluate);
    expect(Object.keys(await trainer.trainOnBatch(x, y))).toEqual(recording.trainOnBatch);
    expect(Object.keys(await trainer.testOnBatch(x, y))).toEqual(recording.testOnBatch);
  });

  test.each([1, 2] as const)('in the line of an epoch, with verbose %d', async (verbose) => {
    const { x, y } = rows(6);
    const validation = rows(4, 100);
    let text = '';
    const output = { isTerminal: true, columns: 500, write: (part: string) => void (text += part) };
    await newTrainer().fit(x, y, {
      batchSize: 2,
      verbose,
      validationData: [validation.x, validation.y],
      callbacks: [new LearningRateScheduler((_, rate) => rate), new ProgbarLogger({ output })],
    });
    const line = text.trim().split('\r').at(-1) ?? '';
    const shown = Array.from(line.matchAll(/ - (\w+): /g), ([, key]) => key);
    expect(shown).toEqual(recording.progress[`${verbose}`]);
  });
});

function newTrainer(): Trainer {
  return new Trainer(twoOutputs(), {
    optimizer: tf.train.sgd(0.1),
    loss: { zebra: 'mse', apple: 'mae' },
    metrics: { zebra: ['mae', 'cosine_similarity'], apple: ['mse'] },
  });
}

function twoOutputs(): Model {
  const layers = [0.1, -0.1].map((bias) => ({
    kernel: tf.variable(tf.tensor2d([[0.5], [-0.25]])),
    bias: tf.variable(tf.tensor1d([bias])),
  }));
  return {
    outputNames: ['zebra', 'apple'],
    weights: layers.flatMap(({ kernel, bias }, index) => [
      { name: `kernel${index}`, variable: kernel, trainable: true },
      { name: `bias${index}`, variable: bias, trainable: true },
    ]),
    call: (inputs) =>
      layers.map(({ kernel, bias }) =>
        tf.add(tf.matMul(inputs as tf.Tensor2D, kernel as tf.Variable<tf.Rank.R2>), bias),
      ),
  };
}

function rows(count: number, from = 0) {
  const indices = Array.from({ length: count }, (_, row) => row + from);
  const x = Float32Array.from(indices.flatMap((i) => [Math.sin(1 + 2 * i), Math.sin(2 + 2 * i)]));
  const y = { data: Float32Array.from(indices, (i) => Math.cos(i)), shape: [count, 1] };
  return { x: { data: x, shape: [count, 2] }, y: { zebra: y, apple: y } };
}
