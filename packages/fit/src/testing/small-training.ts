import type { CallbackHooks } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../contract/model.js';
import { seeded } from '../random/seeded.js';
import { Trainer } from '../trainer-with-names.js';
import { formatNumbers } from './backend-kit.js';

export const SAMPLES = 10;
const SIDE = 6;
const CLASSES = 3;

/** The loss of each batch, and the numbers of each weight at the end. Equal texts mean equal bits. */
export interface SmallResult {
  readonly losses: readonly number[];
  readonly weights: Readonly<Record<string, string>>;
}

/**
 * A training that takes milliseconds: a convolution, a pool, dropout and a dense layer, with Adam. Each run
 * repeats the last.
 */
export interface SmallTraining {
  readonly trainer: Trainer;
  /** @param replay As the option of fit. @default 'auto', which records no such model */
  run(epochs: number, callbacks?: readonly CallbackHooks[], replay?: 'auto' | boolean): Promise<SmallResult>;
  dispose(): void;
}

export const STEPS_PER_EPOCH = 5;

export function createSmallTraining(): SmallTraining {
  const model = seeded(3, createSmallModel);
  const trainer = new Trainer(model, {
    optimizer: tf.train.adam(0.001, 0.9, 0.999, 1e-7),
    loss: 'categoricalCrossentropy',
  });
  return {
    trainer,
    async run(epochs, callbacks = [], replay = 'auto') {
      const losses: number[] = [];
      const listen: CallbackHooks = {
        onTrainBatchEnd: (_, { loss = Number.NaN }) => void losses.push(loss),
        batchLogs: true,
      };
      await trainer.fit(createImages(), createLabels(), {
        epochs,
        batchSize: SAMPLES / STEPS_PER_EPOCH,
        seed: 11,
        verbose: 0,
        replay,
        callbacks: [listen, ...callbacks],
      });
      return { losses, weights: await readWeights(model) };
    },
    dispose: () => tf.dispose(model.weights.map((weight) => weight.variable)),
  };
}

async function readWeights(model: Model): Promise<Record<string, string>> {
  const read = model.weights.map(
    async ({ name, variable: weight }) => [name, formatNumbers(await weight.data())] as const,
  );
  return Object.fromEntries(await Promise.all(read));
}

function createSmallModel(): Model {
  const made = (initial: () => tf.Tensor): tf.Variable => tf.tidy(() => tf.variable(initial()));
  const weights = {
    kernel: made(() => tf.randomNormal([3, 3, 1, 4], 0, 0.4)),
    bias: made(() => tf.zeros([4])),
    dense: made(() => tf.randomNormal([36, CLASSES], 0, 0.3)),
    denseBias: made(() => tf.zeros([CLASSES])),
  };
  const call = (x: tf.Tensor, training: boolean): tf.Tensor => {
    const convolved = tf.relu(
      tf.add(tf.conv2d(x as tf.Tensor4D, weights.kernel as unknown as tf.Tensor4D, 1, 'same'), weights.bias),
    );
    const flat = tf.reshape(tf.maxPool(convolved as tf.Tensor4D, 2, 2, 'valid'), [-1, 36]);
    const kept = training
      ? tf.mul(flat, tf.div(tf.cast(tf.greaterEqual(tf.randomUniform(flat.shape), 0.2), 'float32'), 0.8))
      : flat;
    return tf.softmax(
      tf.add(tf.matMul(kept as tf.Tensor2D, weights.dense as unknown as tf.Tensor2D), weights.denseBias),
    );
  };
  return {
    weights: Object.entries(weights).map(([name, weight]) => ({ name, variable: weight, trainable: true })),
    call: (inputs, { training }) => call(inputs as tf.Tensor, training),
  };
}

export function createImages() {
  const data = Float32Array.from(
    { length: SAMPLES * SIDE * SIDE },
    (_, index) => ((index * 7919 + 13) % 1009) / 504.5 - 1,
  );
  return { data, shape: [SAMPLES, SIDE, SIDE, 1] };
}

export function createLabels() {
  const data = new Float32Array(SAMPLES * CLASSES);
  for (let sample = 0; sample < SAMPLES; sample++)
    data[sample * CLASSES + (((sample * 5) % 7) % CLASSES)] = 1;
  return { data, shape: [SAMPLES, CLASSES] };
}
