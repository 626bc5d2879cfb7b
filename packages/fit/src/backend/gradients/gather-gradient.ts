import {
  add,
  cast,
  GatherV2,
  type GatherV2Attrs,
  type GradConfig,
  range,
  reshape,
  type Tensor,
  type Tensor1D,
  transpose,
  unsortedSegmentSum,
  util,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { defineGradient } from './define-gradient.js';

/** tfjs' is wrong for more than one batch axis, needs chained ops for one, and copies the embedding's gradient twice for none. */
export const gatherGradient: GradConfig = defineGradient<GatherV2Attrs>(
  GatherV2,
  { inputsToSave: ['x', 'indices'] },
  (dy, saved, { axis, batchDims }) => {
    const [x, indices] = saved as [Tensor, Tensor];
    return {
      x: () => differentiateGathered(dy, x.shape, indices, axis, batchDims),
      indices: () => cast(zerosLike(indices), 'float32'),
    };
  },
);

/** x is [batches, rows before, gathered rows, cells of a row], and so is its gradient. */
function differentiateGathered(
  dy: Tensor,
  shape: number[],
  indices: Tensor,
  axis: number,
  batchDims: number,
): Tensor {
  const gathered = util.parseAxisParam(axis, shape)[0] ?? 0;
  const [batches, before] = [
    countCells(shape.slice(0, batchDims)),
    countCells(shape.slice(batchDims, gathered)),
  ];
  const [length, cells, taken] = [
    shape[gathered] ?? 1,
    countCells(shape.slice(gathered + 1)),
    indices.size / batches,
  ];
  const rows = swapMiddleAxes(reshape(dy, [batches, before, taken, cells]));
  const sums = unsortedSegmentSum(
    reshape(rows, [batches * taken, before * cells]),
    numberRows(indices, batches, length),
    batches * length,
  );
  return reshape(swapMiddleAxes(reshape(sums, [batches, length, before, cells])), shape);
}

/** Each batch takes from rows of its own. */
function numberRows(indices: Tensor, batches: number, length: number): Tensor1D {
  if (batches === 1) return reshape(indices, [-1]);
  const first = reshape(range(0, batches * length, length, 'int32'), [batches, 1]);
  return reshape(add(reshape(indices, [batches, -1]), first), [-1]);
}

function swapMiddleAxes(x: Tensor): Tensor {
  const [, first, second] = x.shape;
  return first === 1 || second === 1
    ? reshape(x, [x.shape[0] ?? 1, second ?? 1, first ?? 1, x.shape[3] ?? 1])
    : transpose(x, [0, 2, 1, 3]);
}

function countCells(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
