import * as tf from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { sumSegments } from '../reduce/sum-segments.js';

/**
 * The gradient of an embedding. Its time grows with the rows; the time of tfjs' own grows with rows times
 * segments.
 */
export const unsortedSegmentSum: JsKernel<
  Record<'x' | 'segmentIds', tf.TensorInfo>,
  tf.UnsortedSegmentSumAttrs
> = {
  kernelName: tf.UnsortedSegmentSum,
  compute({ x, segmentIds }, { numSegments }, memory) {
    const out = memory.output([numSegments, ...x.shape.slice(segmentIds.shape.length)], x.dtype);
    sumSegments(memory.values(x), memory.values(segmentIds), numSegments, memory.writable(out));
    return out;
  },
};
