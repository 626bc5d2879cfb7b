import * as tf from '@tensorflow/tfjs-core';
import type { Values } from '../memory.js';
import { addProduct } from './add-product.js';
import { type Matrix, createTile } from './matrix.js';

/** Stacks of matrices to multiply, with leading dimensions that broadcast as in NumPy. */
export interface MatrixBatches {
  readonly aShape: readonly number[];
  readonly bShape: readonly number[];
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** The shape of the product; its last two numbers are rows and columns. */
export function getProductShape({ aShape, bShape, transposeA, transposeB }: MatrixBatches): number[] {
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(aShape.slice(0, -2), bShape.slice(0, -2));
  return [...outer, aShape.at(transposeA ? -1 : -2) ?? 1, bShape.at(transposeB ? -2 : -1) ?? 1];
}

/** Writes every product of the stacks. */
export function multiplyBatches(a: Values, b: Values, batches: MatrixBatches, out: Float32Array): void {
  const shape = getProductShape(batches);
  const outer = shape.slice(0, -2);
  const [rows, columns] = shape.slice(-2) as [number, number];
  const length = batches.aShape.at(batches.transposeA ? -2 : -1) ?? 1;
  const aOffsets = listOffsets(batches.aShape, outer);
  const bOffsets = listOffsets(batches.bShape, outer);
  for (let batch = 0; batch < aOffsets.length; batch++) {
    const left = viewMatrix(
      a,
      aOffsets[batch] as number,
      batches.transposeA ? rows : length,
      batches.transposeA,
    );
    const right = viewMatrix(
      b,
      bOffsets[batch] as number,
      batches.transposeB ? length : columns,
      batches.transposeB,
    );
    multiply(rows, columns, length, left, right, out, batch * rows * columns);
  }
}

function viewMatrix(values: Values, offset: number, width: number, transpose: boolean): Matrix {
  return { values, offset, rowStride: transpose ? 1 : width, columnStride: transpose ? width : 1 };
}

/** The offset of the matrix of each batch. */
function listOffsets(shape: readonly number[], outer: readonly number[]): number[] {
  const own = shape.slice(0, -2);
  let stride = (shape.at(-1) ?? 1) * (shape.at(-2) ?? 1);
  const strides = new Array<number>(outer.length).fill(0);
  for (let axis = 1; axis <= own.length; axis++) {
    const size = own[own.length - axis] as number;
    if (size > 1) strides[outer.length - axis] = stride;
    stride *= size;
  }
  return Array.from({ length: tf.util.sizeFromShape([...outer]) }, (_, batch) => {
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

const ROWS = 128;

/** Writes a · b to `out` from `at` on, row by row; a is rows × length and b is length × columns. */
function multiply(
  rows: number,
  columns: number,
  length: number,
  a: Matrix,
  b: Matrix,
  out: Float32Array,
  at: number,
): void {
  const sums = createTile(Math.min(rows, ROWS), columns);
  for (let first = 0; first < rows; first += ROWS) {
    const count = Math.min(ROWS, rows - first);
    if (first > 0) sums.values.fill(0);
    addProduct(count, columns, length, { ...a, offset: a.offset + first * a.rowStride }, b, sums);
    for (let row = 0; row < count; row++) {
      const to = at + (first + row) * columns;
      const from = row * sums.stride;
      for (let column = 0; column < columns; column++)
        out[to + column] = sums.values[from + column] as number;
    }
  }
}
