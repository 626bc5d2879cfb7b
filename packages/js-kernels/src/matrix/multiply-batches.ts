import { broadcast_util, util } from '@tensorflow/tfjs-core';
import type { Values } from '../values.js';
import type { Matrix } from './matrix.js';
import { multiply } from './multiply.js';

/** Stacks of matrices to be multiplied, their leading dimensions broadcast as NumPy does. */
export interface MatrixBatches {
  readonly aShape: readonly number[];
  readonly bShape: readonly number[];
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** The shape of the product, its last two numbers its rows and columns. */
export function productShape({ aShape, bShape, transposeA, transposeB }: MatrixBatches): number[] {
  const outer = broadcast_util.assertAndGetBroadcastShape(aShape.slice(0, -2), bShape.slice(0, -2));
  return [...outer, aShape.at(transposeA ? -1 : -2) ?? 1, bShape.at(transposeB ? -2 : -1) ?? 1];
}

/** Writes every product of the stacks. */
export function multiplyBatches(a: Values, b: Values, batches: MatrixBatches, out: Float32Array): void {
  const shape = productShape(batches);
  const outer = shape.slice(0, -2);
  const [rows, columns] = shape.slice(-2) as [number, number];
  const length = batches.aShape.at(batches.transposeA ? -2 : -1) ?? 1;
  const aOffsets = offsets(batches.aShape, outer);
  const bOffsets = offsets(batches.bShape, outer);
  for (let batch = 0; batch < aOffsets.length; batch++) {
    const left = matrix(a, aOffsets[batch] as number, batches.transposeA ? rows : length, batches.transposeA);
    const right = matrix(
      b,
      bOffsets[batch] as number,
      batches.transposeB ? length : columns,
      batches.transposeB,
    );
    multiply(rows, columns, length, left, right, out, batch * rows * columns);
  }
}

function matrix(values: Values, offset: number, width: number, transpose: boolean): Matrix {
  return { values, offset, rowStride: transpose ? 1 : width, columnStride: transpose ? width : 1 };
}

/** Where the matrix of each batch begins. */
function offsets(shape: readonly number[], outer: readonly number[]): number[] {
  const own = shape.slice(0, -2);
  let stride = (shape.at(-1) ?? 1) * (shape.at(-2) ?? 1);
  const strides = new Array<number>(outer.length).fill(0);
  for (let axis = 1; axis <= own.length; axis++) {
    const size = own[own.length - axis] as number;
    if (size > 1) strides[outer.length - axis] = stride;
    stride *= size;
  }
  return Array.from({ length: util.sizeFromShape([...outer]) }, (_, batch) => {
    let rest = batch;
    let offset = 0;
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      const size = outer[axis] as number;
      offset += (rest % size) * (strides[axis] as number);
      rest = Math.floor(rest / size);
    }
    return offset;
  });
}
