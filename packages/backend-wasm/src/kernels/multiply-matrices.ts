import * as tf from '@tensorflow/tfjs-core';
import { type SimdTools, withScratch } from '../simd/simd-kernel.js';
import { roundToPanels } from './convolve-images.js';

/**
 * a · b for the last two axes, either of them transposed; the axes before broadcast. Each call packs the
 * panels of b again.
 */
export function multiplyMatrices(
  { simd, heap }: SimdTools,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
): tf.TensorInfo {
  if (a.dtype !== 'float32' || b.dtype !== 'float32')
    throw new Error(`the wasm backend multiplies float32 matrices, not ${a.dtype} and ${b.dtype}`);
  const [rowsOfA = 1, columnsOfA = 1] = a.shape.slice(-2);
  const [rowsOfB = 1, columnsOfB = 1] = b.shape.slice(-2);
  const [rows, depth] = transposeA ? [columnsOfA, rowsOfA] : [rowsOfA, columnsOfA];
  const [depthOfB, columns] = transposeB ? [columnsOfB, rowsOfB] : [rowsOfB, columnsOfB];
  tf.util.assert(depth === depthOfB, () => {
    return `matMul: the inner sizes of ${a.shape} and ${b.shape} with transposeA=${transposeA} and transposeB=${transposeB} differ`;
  });
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const c = heap.output([...outer, rows, columns]);
  const atA = listBatchOffsets(a.shape.slice(0, -2), outer, rowsOfA * columnsOfA * 4);
  const atB = listBatchOffsets(b.shape.slice(0, -2), outer, rowsOfB * columnsOfB * 4);
  withScratch(heap, [depth * roundToPanels(columns) * 4, 128], (panels = 0, scratch = 0) => {
    let packed = -1;
    atB.forEach((offset, index) => {
      const [kStep, nStep] = transposeB ? [4, depth * 4] : [columns * 4, 4];
      if (offset !== packed)
        simd.pack(heap.address(b) + offset, kStep, nStep, depth, columns, panels, depth * 32);
      packed = offset;
      const [aRow, aK] = transposeA ? [4, rows * 4] : [depth * 4, 4];
      const from = heap.address(a) + (atA[index] ?? 0);
      simd.product(
        from,
        aRow,
        aK,
        panels,
        heap.address(c) + index * rows * columns * 4,
        columns * 4,
        rows,
        columns,
        depth,
        scratch,
      );
    });
  });
  return c;
}

/** The offset of the matrix for each index of the broadcast axes. An axis of size 1 repeats. */
function listBatchOffsets(shape: readonly number[], outer: readonly number[], matrixBytes: number): number[] {
  if (outer.length === 0) return [0];
  const missing = outer.length - shape.length;
  let offsets = [0];
  outer.forEach((size, axis) => {
    const own = axis < missing ? 1 : (shape[axis - missing] ?? 1);
    offsets = offsets.flatMap((offset) =>
      Array.from({ length: size }, (_, index) => offset * own + (own === 1 ? 0 : index)),
    );
  });
  return offsets.map((offset) => offset * matrixBytes);
}
