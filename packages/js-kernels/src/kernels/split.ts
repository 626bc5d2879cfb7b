import * as tf from '@tensorflow/tfjs-core';
import { isNumeric, type JsKernel } from '../js-kernel.js';
import { copySlice } from '../move/copy-strided.js';

/** The parts of a tensor along an axis. */
export const split: JsKernel<Record<'x', tf.TensorInfo>, tf.SplitVAttrs, tf.TensorInfo[]> = {
  kernelName: tf.SplitV,
  handles: ({ x }) => isNumeric(x),
  compute({ x }, { numOrSizeSplits, axis }, memory) {
    const [along = 0] = tf.util.parseAxisParam(axis, x.shape);
    const begin = x.shape.map(() => 0);
    return tf.backend_util.prepareSplitSize(x as never, numOrSizeSplits, along).map((width) => {
      const size = x.shape.map((whole, at) => (at === along ? width : whole));
      const out = memory.output(size, x.dtype);
      copySlice(memory.values(x), x.shape, begin, size, memory.writable(out));
      begin[along] = (begin[along] as number) + width;
      return out;
    });
  },
};
