import * as tf from '@tensorflow/tfjs-core';
import { createSimdKernel, type SimdTools } from '../simd/simd-kernel.js';
import { findOtherKernel } from './other-kernel.js';

/** Whether a number takes four bytes: text is not on the heap, and a bool has one byte. */
const isWide = ({ dtype }: tf.TensorInfo): boolean => dtype === 'float32' || dtype === 'int32';

/**
 * Joins and splits along an axis, run by run in the module; tfjs' own copies runs one by one from JavaScript.
 */
export function concatAndSplit(tools: SimdTools): readonly tf.KernelConfig[] {
  const { simd, heap, backend } = tools;
  const otherConcat = findOtherKernel('Concat');
  const otherSplit = findOtherKernel('SplitV');
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
        const y = heap.output(shape, first.dtype);
        const [rows, step] = getRows(shape, axis);
        let to = heap.address(y);
        for (const part of parts) {
          const [, length] = getRows(part.shape, axis);
          simd.copyRows(heap.address(part), length, to, step, length, rows);
          to += length;
        }
        return y;
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
      const parts = sizes.map((size) => heap.output(Object.assign([...x.shape], { [axis]: size }), x.dtype));
      const [rows, step] = getRows(x.shape, axis);
      let from = heap.address(x);
      for (const part of parts) {
        const [, length] = getRows(part.shape, axis);
        simd.copyRows(from, step, heap.address(part), length, length, rows);
        from += length;
      }
      return parts;
    }),
  ];
}

/** The number of runs that an axis makes of a tensor, and the bytes of one. */
function getRows(shape: readonly number[], axis: number): [rows: number, byteLength: number] {
  return [tf.util.sizeFromShape(shape.slice(0, axis)), tf.util.sizeFromShape(shape.slice(axis)) * 4];
}
