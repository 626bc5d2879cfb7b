import * as tf from '@tensorflow/tfjs-core';
import { defineGradient } from './define-gradient.js';

/**
 * tfjs' gradient is wrong for more than one batch axis, needs chained ops for one, and copies the embedding's
 * gradient twice for none.
 */
export const gatherGradient: tf.GradConfig = defineGradient<tf.GatherV2Attrs>(
  tf.GatherV2,
  { inputsToSave: ['x', 'indices'] },
  (dy, saved, { axis, batchDims }) => {
    const [x, indices] = saved as [tf.Tensor, tf.Tensor];
    return {
      x: () => differentiateGathered(dy, x.shape, indices, axis, batchDims),
      indices: () => tf.cast(tf.zerosLike(indices), 'float32'),
    };
  },
);

/** x is [batches, rows before, gathered rows, cells of a row], and its gradient has the same layout. */
function differentiateGathered(
  dy: tf.Tensor,
  shape: number[],
  indices: tf.Tensor,
  axis: number,
  batchDims: number,
): tf.Tensor {
  const gathered = tf.util.parseAxisParam(axis, shape)[0] ?? 0;
  const [batches, before] = [
    countCells(shape.slice(0, batchDims)),
    countCells(shape.slice(batchDims, gathered)),
  ];
  const [length, cells, taken] = [
    shape[gathered] ?? 1,
    countCells(shape.slice(gathered + 1)),
    indices.size / batches,
  ];
  const rows = swapMiddleAxes(tf.reshape(dy, [batches, before, taken, cells]));
  const sums = tf.unsortedSegmentSum(
    tf.reshape(rows, [batches * taken, before * cells]),
    numberRows(indices, batches, length),
    batches * length,
  );
  return tf.reshape(swapMiddleAxes(tf.reshape(sums, [batches, length, before, cells])), shape);
}

/** Numbers rows so that each batch has its own. */
function numberRows(indices: tf.Tensor, batches: number, length: number): tf.Tensor1D {
  if (batches === 1) return tf.reshape(indices, [-1]);
  const first = tf.reshape(tf.range(0, batches * length, length, 'int32'), [batches, 1]);
  return tf.reshape(tf.add(tf.reshape(indices, [batches, -1]), first), [-1]);
}

function swapMiddleAxes(x: tf.Tensor): tf.Tensor {
  const [, first, second] = x.shape;
  return first === 1 || second === 1
    ? tf.reshape(x, [x.shape[0] ?? 1, second ?? 1, first ?? 1, x.shape[3] ?? 1])
    : tf.transpose(x, [0, 2, 1, 3]);
}

function countCells(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
