import * as tf from '@tensorflow/tfjs';

/** A model to time, with data that it trains on. */
export interface BenchModel {
  readonly name: string;
  readonly batchSize: number;
  /** Multiplications and additions of one training step, in millions: three times the forward pass. */
  readonly megaflops: number;
  build(): tf.LayersModel;
  /** Creates rows of input and the class of each. */
  data(rows: number): { x: tf.Tensor; y: tf.Tensor };
}

export const OPTIMIZER = 'adam';
export const LOSS = 'categoricalCrossentropy';

/** Creates images of noise with random classes, because times do not depend on the content. */
export function createImages(
  rows: number,
  shape: readonly number[],
  classes = 10,
): { x: tf.Tensor; y: tf.Tensor } {
  const x = tf.randomUniform([rows, ...shape], 0, 1, 'float32', 1);
  const labels = tf.randomUniform([rows], 0, classes, 'int32', 2).toInt() as tf.Tensor1D;
  return { x, y: tf.oneHot(labels, classes).toFloat() };
}
