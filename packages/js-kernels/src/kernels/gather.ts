import * as tf from '@tensorflow/tfjs-core';
import { isNumeric, type JsKernel } from '../js-kernel.js';
import type { Values } from '../memory.js';
import { gather } from '../move/gather.js';

/** Slices of a tensor, picked by index. */
export const gatherV2: JsKernel<Record<'x' | 'indices', tf.TensorInfo>, tf.GatherV2Attrs> = {
  kernelName: tf.GatherV2,
  handles: ({ x }) => isNumeric(x),
  compute({ x, indices }, { axis, batchDims = 0 }, memory) {
    const [along = 0] = tf.util.parseAxisParam(axis, x.shape);
    const info = tf.backend_util.segment_util.collectGatherOpShapeInfo(
      x as never,
      indices as never,
      along,
      batchDims,
    );
    const { batchSize: batches, outerSize: outer, dimSize: choices, sliceSize: width, outputShape } = info;
    checkIndices(memory.values(indices), choices);
    const out = memory.output(outputShape, x.dtype);
    const picks = tf.util.sizeFromShape(indices.shape) / batches;
    gather(
      memory.values(x),
      memory.values(indices),
      { batches, outer, choices, width, picks },
      memory.writable(out),
    );
    return out;
  },
};

/** Throws with tfjs' own message. */
function checkIndices(indices: Values, choices: number): void {
  for (const index of indices) {
    if (index < 0 || index >= choices)
      throw new Error(`GatherV2: the index value ${index} is not in [0, ${choices - 1}]`);
  }
}
