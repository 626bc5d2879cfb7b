import { type TensorInfo, UnsortedSegmentSum, type UnsortedSegmentSumAttrs } from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { segmentSum } from '../reduce/segment-sum.js';

/** The gradient of an embedding. Its time grows with the rows, where tfjs' own grows with rows times segments. */
export const unsortedSegmentSum: JsKernel<Record<'x' | 'segmentIds', TensorInfo>, UnsortedSegmentSumAttrs> = {
  kernelName: UnsortedSegmentSum,
  compute({ x, segmentIds }, { numSegments }, memory) {
    const out = memory.output([numSegments, ...x.shape.slice(segmentIds.shape.length)], x.dtype);
    segmentSum(memory.values(x), memory.values(segmentIds), numSegments, memory.written(out));
    return out;
  },
};
