import * as tf from '@tensorflow/tfjs-core';
import type { Digits } from '../subjects/digits.js';

/** All weights of the classifier in a row. */
export type Weights = Float32Array;

const [PIXELS, HIDDEN, CLASSES] = [784, 16, 10];
const SHAPES = [[PIXELS, HIDDEN], [HIDDEN], [HIDDEN, CLASSES], [CLASSES]] as const;
const SIZES = SHAPES.map((shape) => shape.reduce((size: number, dimension) => size * dimension, 1));
/** The number of weights. */
export const WEIGHTS = SIZES.reduce((sum, size) => sum + size, 0);

/** The weights that every training starts with. */
export function createWeights(seed: number): Weights {
  const weights = new Float32Array(WEIGHTS);
  weights.set(tf.tidy(() => tf.truncatedNormal([PIXELS * HIDDEN], 0, 0.05, 'float32', seed).dataSync()));
  const offset = PIXELS * HIDDEN + HIDDEN;
  weights.set(
    tf.tidy(() => tf.truncatedNormal([HIDDEN * CLASSES], 0, 0.1, 'float32', seed + 1).dataSync()),
    offset,
  );
  return weights;
}

/** Digits in the memory of the backend. */
export class DigitTensors {
  readonly #x: tf.Tensor2D;
  readonly #y: tf.Tensor2D;
  readonly count: number;

  constructor({ x, y }: Digits) {
    this.count = x.shape[0] ?? 0;
    this.#x = tf.tensor2d(x.data as Float32Array, [this.count, PIXELS]);
    this.#y = tf.tensor2d(y.data as Float32Array, [this.count, CLASSES]);
  }

  /** The gradient of the mean loss of some rows. A pure function of its arguments. */
  computeGradient(weights: Weights, rows: Int32Array): Float32Array {
    return tf.tidy(() => {
      const picked = tf.tensor1d(rows, 'int32');
      const [x, y] = [tf.gather(this.#x, picked), tf.gather(this.#y, picked)];
      const gradients = tf.grads((...parts: tf.Tensor[]) => computeLoss(parts, x, y))(split(weights));
      return concatenate(gradients.map((each) => each.dataSync() as Float32Array));
    });
  }

  /** The mean loss of all rows. */
  computeLoss(weights: Weights): number {
    return tf.tidy(() => computeLoss(split(weights), this.#x, this.#y).dataSync()[0] ?? NaN);
  }

  dispose(): void {
    this.#x.dispose();
    this.#y.dispose();
  }
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(WEIGHTS);
  let from = 0;
  for (const part of parts) {
    whole.set(part, from);
    from += part.length;
  }
  return whole;
}

function split(weights: Weights): tf.Tensor[] {
  let from = 0;
  return SHAPES.map((shape, index) => {
    const to = from + (SIZES[index] ?? 0);
    const part = tf.tensor(weights.subarray(from, to), [...shape]);
    from = to;
    return part;
  });
}

function computeLoss([w1, b1, w2, b2]: tf.Tensor[], x: tf.Tensor, y: tf.Tensor): tf.Scalar {
  if (!w1 || !b1 || !w2 || !b2) throw new Error('four tensors are needed');
  const hidden = tf.relu(tf.add(tf.matMul(x as tf.Tensor2D, w1 as tf.Tensor2D), b1));
  const logits = tf.add(tf.matMul(hidden as tf.Tensor2D, w2 as tf.Tensor2D), b2);
  const logProbabilities = tf.logSoftmax(logits);
  return tf.neg(tf.mean<tf.Scalar>(tf.sum(tf.mul(logProbabilities, y), -1)));
}
