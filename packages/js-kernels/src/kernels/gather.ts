import { backend_util, GatherV2, type GatherV2Attrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { gather } from '../move/gather.js';
import type { JsKernel } from '../js-kernel.js';
import type { Values } from '../values.js';
import { isNumeric } from './is-numeric.js';

export const gatherV2: JsKernel<Record<'x' | 'indices', TensorInfo>, GatherV2Attrs> = {
  kernelName: GatherV2,
  handles: ({ x }) => isNumeric(x),
  compute({ x, indices }, { axis, batchDims = 0 }, memory) {
    const [along = 0] = util.parseAxisParam(axis, x.shape);
    const info = backend_util.segment_util.collectGatherOpShapeInfo(
      x as never,
      indices as never,
      along,
      batchDims,
    );
    const { batchSize: batches, outerSize: outer, dimSize: choices, sliceSize: width, outputShape } = info;
    checkIndices(memory.values(indices), choices);
    const out = memory.output(outputShape, x.dtype);
    const picks = util.sizeFromShape(indices.shape) / batches;
    gather(
      memory.values(x),
      memory.values(indices),
      { batches, outer, choices, width, picks },
      memory.written(out),
    );
    return out;
  },
};

/** As tfjs puts it. */
function checkIndices(indices: Values, choices: number): void {
  for (const index of indices) {
    if (index < 0 || index >= choices)
      throw new Error(`GatherV2: the index value ${index} is not in [0, ${choices - 1}]`);
  }
}
