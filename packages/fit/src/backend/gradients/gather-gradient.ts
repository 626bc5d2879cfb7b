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
import { gradientOf } from './gradient-of.js';

/** tfjs' is wrong for more than one batch axis, needs chained ops for one, and copies the embedding's gradient twice for none. */
export const gatherGradient: GradConfig = gradientOf<GatherV2Attrs>(
  GatherV2,
  { inputsToSave: ['x', 'indices'] },
  (dy, saved, { axis, batchDims }) => {
    const [x, indices] = saved as [Tensor, Tensor];
    return {
      x: () => ofGathered(dy, x.shape, indices, axis, batchDims),
      indices: () => cast(zerosLike(indices), 'float32'),
    };
  },
);

/** x is [batches, rows before, gathered rows, cells of a row], and so is its gradient. */
function ofGathered(dy: Tensor, shape: number[], indices: Tensor, axis: number, batchDims: number): Tensor {
  const gathered = util.parseAxisParam(axis, shape)[0] ?? 0;
  const [batches, before] = [size(shape.slice(0, batchDims)), size(shape.slice(batchDims, gathered))];
  const [length, cells, taken] = [
    shape[gathered] ?? 1,
    size(shape.slice(gathered + 1)),
    indices.size / batches,
  ];
  const rows = swapped(reshape(dy, [batches, before, taken, cells]));
  const sums = unsortedSegmentSum(
    reshape(rows, [batches * taken, before * cells]),
    numbered(indices, batches, length),
    batches * length,
  );
  return reshape(swapped(reshape(sums, [batches, length, before, cells])), shape);
}

/** Each batch takes from rows of its own. */
function numbered(indices: Tensor, batches: number, length: number): Tensor1D {
  if (batches === 1) return reshape(indices, [-1]);
  const first = reshape(range(0, batches * length, length, 'int32'), [batches, 1]);
  return reshape(add(reshape(indices, [batches, -1]), first), [-1]);
}

function swapped(x: Tensor): Tensor {
  const [, first, second] = x.shape;
  return first === 1 || second === 1
    ? reshape(x, [x.shape[0] ?? 1, second ?? 1, first ?? 1, x.shape[3] ?? 1])
    : transpose(x, [0, 2, 1, 3]);
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
