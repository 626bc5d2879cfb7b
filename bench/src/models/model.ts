import * as tf from '@tensorflow/tfjs';

/** A model to time, with one set of data that it trains on. */
export interface BenchModel {
  readonly name: string;
  readonly batchSize: number;
  /** Multiplications and additions of one training step, counted as 3 times those of the forward pass, in millions. */
  readonly megaflops: number;
  build(): tf.LayersModel;
  /** Rows of input, one after the other, and the class of each. */
  data(rows: number): { x: tf.Tensor; y: tf.Tensor };
}

export const OPTIMIZER = 'adam';
export const LOSS = 'categoricalCrossentropy';

/** Images of noise and classes at random: times do not depend on them. */
export function images(rows: number, shape: readonly number[], classes = 10): { x: tf.Tensor; y: tf.Tensor } {
  const x = tf.randomUniform([rows, ...shape], 0, 1, 'float32', 1);
  const labels = tf.randomUniform([rows], 0, classes, 'int32', 2).toInt() as tf.Tensor1D;
  return { x, y: tf.oneHot(labels, classes).toFloat() };
}
