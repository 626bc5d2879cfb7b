import type { StateRecord } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { StatefulMetric } from '../../contract/metric.js';
import type { Model, NamedWeight } from '../../contract/model.js';
import { sparseCategoricalCrossentropy } from '../../losses/sparse-categorical-crossentropy.js';
import type { TrainerOptions } from '../../trainer-with-names.js';

/** A model and the options of its `Trainer`, of which a worker makes a `ShardRunner`. */
export interface EngineTraining extends Omit<TrainerOptions, 'optimizer'> {
  readonly model: Model;
}

/** A training whose weights the kit freezes. */
export interface FreezableTraining {
  readonly training: EngineTraining;
  /** The names of the weights that are not trained now. */
  readonly frozen: Set<string>;
}

/** The model throws when it trains on more rows at once. */
export const MOST_ROWS = 16;

/**
 * Makes the training that the kit computes on an engine. Workers call it, each for itself. Its weights are random,
 * because a worker takes those of each step.
 *
 * It needs everything that can go between a worker and the engine: gradients that some shards do not have, moving
 * averages, integers, random numbers, two outputs, a loss that leaves rows out, and metrics with and without `merge`.
 *
 * @param description That of the training, whose weights may be frozen.
 */
export function createEngineTraining(description?: StateRecord): EngineTraining {
  const { training, frozen } = createTraining();
  const weights = (description?.['weights'] ?? []) as readonly { name: string; trainable: boolean }[];
  for (const { name, trainable } of weights) if (!trainable) frozen.add(name);
  return training;
}

const ACTIVATIONS = { tanh: tf.tanh, relu: tf.relu };

/** @param activation The workers of an engine under test have tanh. */
export function createTraining(activation: keyof typeof ACTIVATIONS = 'tanh'): FreezableTraining {
  const frozen = new Set<string>();
  const weights = createWeights(frozen);
  const model: Model = {
    weights: Object.values(weights),
    outputNames: ['classes', 'values'],
    config: { activation },
    call: (x, { training }) => compute(weights, ACTIVATIONS[activation], x as tf.Tensor2D, training),
    losses: () => [tf.mul(0.01, tf.sum(tf.square(weights.kernel.variable)))],
  };
  const training: EngineTraining = {
    model,
    loss: {
      classes: sparseCategoricalCrossentropy({ fromLogits: true, ignoreClass: 2 }),
      values: 'meanSquaredError',
    },
    metrics: { classes: [largest], values: ['mae', 'rootMeanSquaredError'] },
    weightedMetrics: { values: ['mse'] },
  };
  return { training, frozen };
}

type Weights = ReturnType<typeof createWeights>;

function createWeights(frozen: ReadonlySet<string>) {
  const draw = (...shape: number[]) => tf.randomUniform(shape, -1, 1);
  const trained = (name: string, create: () => tf.Tensor): NamedWeight => ({
    name,
    variable: tf.tidy(() => tf.variable(create())),
    get trainable() {
      return !frozen.has(name);
    },
  });
  const given = (name: string, create: () => tf.Tensor, merge?: { readonly merge: 'mean' }): NamedWeight => ({
    name,
    variable: tf.tidy(() => tf.variable(create(), false)),
    trainable: false,
    ...merge,
  });
  return {
    kernel: trained('hidden/kernel', () => draw(3, 4)),
    bias: trained('hidden/bias', () => draw(4)),
    average: given('hidden/average', () => draw(4), { merge: 'mean' }),
    spare: trained('spare', () => draw(2)),
    classes: trained('classes/kernel', () => draw(4, 3)),
    values: trained('values/kernel', () => draw(4, 2)),
    scale: given('values/scale', () => tf.tensor1d([1, 2], 'int32')),
  };
}

function compute(
  { kernel, bias, average, classes, values, scale, spare }: Weights,
  activate: (x: tf.Tensor) => tf.Tensor,
  x: tf.Tensor2D,
  training: boolean,
): tf.Tensor[] {
  const [rows] = x.shape;
  if (training && rows > MOST_ROWS)
    throw new Error(`the model of the kit trains on at most ${MOST_ROWS} rows, not ${rows}`);
  const multiply = (left: tf.Tensor, { variable }: NamedWeight) =>
    tf.matMul(left as tf.Tensor2D, variable as unknown as tf.Tensor2D);
  const hidden = activate(tf.add(multiply(x, kernel), bias.variable));
  const mean = training ? tf.mean(hidden, 0) : average.variable;
  if (training)
    tf.tidy(() => average.variable.assign(tf.add(tf.mul(average.variable, 0.9), tf.mul(mean, 0.1))));
  const centered = tf.sub(hidden, mean);
  const noisy = training ? tf.mul(centered, drawNoise(centered.shape)) : centered;
  const scaled = tf.mul(multiply(noisy, values), tf.cast(scale.variable, 'float32'));
  // The loss of one row does not depend on it, so shards of one row have no gradient of it.
  return [multiply(noisy, classes), rows > 1 ? tf.add(scaled, spare.variable) : scaled];
}

/** Dropout of a quarter, and one random factor for the rows of a shard. */
function drawNoise(shape: number[]): tf.Tensor {
  const kept = tf.cast(tf.greaterEqual(tf.randomUniform(shape), 0.25), 'float32');
  return tf.mul(kept, 1 + Math.random() / 8);
}

/** Has no `merge`, so its shards send outputs. */
const largest: StatefulMetric = {
  name: 'largest',
  className: 'Largest',
  initial: () => [tf.scalar(-1e9)],
  update: ([state], _, yPred) => [tf.maximum(state as tf.Tensor, tf.max(yPred))],
  result: ([state]) => tf.clone(state as tf.Tensor),
};
