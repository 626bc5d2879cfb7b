import * as tf from '@tensorflow/tfjs-core';
import { createSimdKernel, type SimdTools } from '../simd/simd-kernel.js';
import { findOtherKernel } from './other-kernel.js';

/** Whether a number takes four bytes: text is not on the heap, and a bool has one byte. */
const isWide = ({ dtype }: tf.TensorInfo): boolean => dtype === 'float32' || dtype === 'int32';

/**
 * Joins and splits along an axis, an existing or a new one, run by run in the module; tfjs' own copies runs one by one from JavaScript.
 */
export function concatAndSplit(tools: SimdTools): readonly tf.KernelConfig[] {
  const { backend } = tools;
  const otherConcat = findOtherKernel('Concat');
  const otherSplit = findOtherKernel('SplitV');
  const otherPack = findOtherKernel('Pack');
  const otherUnpack = findOtherKernel('Unpack');
  return [
    createSimdKernel<Readonly<Record<string, tf.TensorInfo>>, tf.ConcatAttrs>(
      'Concat',
      tools,
      (inputs, attrs) => {
        const parts = Object.values(inputs);
        const [first] = parts;
        if (first === undefined || !parts.every((part) => isWide(part) && part.dtype === first.dtype))
          return otherConcat({ inputs, attrs: { ...attrs }, backend });
        const [axis = 0] = tf.util.parseAxisParam(attrs.axis, first.shape);
        const shape = tf.backend_util.computeOutShape(
          parts.map((part) => part.shape),
          axis,
        );
        return joinParts(tools, parts, shape, axis);
      },
    ),
    createSimdKernel<Readonly<Record<string, tf.TensorInfo>>, tf.PackAttrs>(
      'Pack',
      tools,
      (inputs, attrs) => {
        const parts = Object.values(inputs);
        const [first] = parts;
        const isFit = (part: tf.TensorInfo): boolean =>
          isWide(part) && part.dtype === first?.dtype && tf.util.arraysEqual(part.shape, first.shape);
        if (first === undefined || !parts.every(isFit))
          return otherPack({ inputs, attrs: { ...attrs }, backend });
        const axis = attrs.axis < 0 ? attrs.axis + first.shape.length + 1 : attrs.axis;
        const shape = [...first.shape.slice(0, axis), parts.length, ...first.shape.slice(axis)];
        return joinParts(tools, parts, shape, axis);
      },
    ),
    createSimdKernel<{ x: tf.TensorInfo }, tf.SplitVAttrs>('SplitV', tools, ({ x }, attrs) => {
      if (!isWide(x)) return otherSplit({ inputs: { x }, attrs: { ...attrs }, backend });
      const [axis = 0] = tf.util.parseAxisParam(attrs.axis, x.shape);
      const sizes = tf.backend_util.prepareSplitSize(
        x as Parameters<typeof tf.backend_util.prepareSplitSize>[0],
        attrs.numOrSizeSplits,
        axis,
      );
      const shapes = sizes.map((size) => Object.assign([...x.shape], { [axis]: size }));
      return splitParts(tools, x, shapes, axis);
    }),
    createSimdKernel<{ value: tf.TensorInfo }, tf.UnpackAttrs>('Unpack', tools, ({ value }, attrs) => {
      if (!isWide(value)) return otherUnpack({ inputs: { value }, attrs: { ...attrs }, backend });
      const axis = attrs.axis < 0 ? attrs.axis + value.shape.length : attrs.axis;
      const shape = value.shape.filter((_, index) => index !== axis);
      const shapes = Array.from({ length: value.shape[axis] ?? 0 }, () => shape);
      return splitParts(tools, value, shapes, axis);
    }),
  ];
}

/** Joins parts, run by run, to a tensor of this shape. */
function joinParts(
  { simd, heap }: SimdTools,
  parts: readonly tf.TensorInfo[],
  shape: readonly number[],
  axis: number,
): tf.TensorInfo {
  const y = heap.output(shape, parts[0]?.dtype);
  const [rows, step] = getRows(shape, axis);
  let to = heap.address(y);
  for (const part of parts) {
    const length = countBytes(part.shape) / Math.max(rows, 1);
    simd.copyRows(heap.address(part), length, to, step, length, rows);
    to += length;
  }
  return y;
}

/** Splits a tensor, run by run, to parts of these shapes. */
function splitParts(
  { simd, heap }: SimdTools,
  x: tf.TensorInfo,
  shapes: readonly (readonly number[])[],
  axis: number,
): tf.TensorInfo[] {
  const parts = shapes.map((shape) => heap.output(shape, x.dtype));
  const [rows, step] = getRows(x.shape, axis);
  let from = heap.address(x);
  for (const part of parts) {
    const length = countBytes(part.shape) / Math.max(rows, 1);
    simd.copyRows(from, step, heap.address(part), length, length, rows);
    from += length;
  }
  return parts;
}

/** Of elements of four bytes. */
function countBytes(shape: readonly number[]): number {
  return tf.util.sizeFromShape([...shape]) * 4;
}

/** The number of runs that an axis makes of a tensor, and the bytes of one. */
function getRows(shape: readonly number[], axis: number): [rows: number, byteLength: number] {
  return [tf.util.sizeFromShape(shape.slice(0, axis)), tf.util.sizeFromShape(shape.slice(axis)) * 4];
}
