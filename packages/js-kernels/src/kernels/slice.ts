import { Slice, type SliceAttrs, slice_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { copySlice } from '../move/copy-slice.js';
import type { JsKernel } from '../js-kernel.js';
import { isNumeric } from './is-numeric.js';

export const slice: JsKernel<Record<'x', TensorInfo>, SliceAttrs> = {
  kernelName: Slice,
  handles: ({ x }) => isNumeric(x),
  compute({ x }, attributes, memory) {
    const [begin = [], size = []] = slice_util.parseSliceParams(x, attributes.begin, attributes.size);
    slice_util.assertParamsValid(x, begin, size);
    const out = memory.output(size, x.dtype);
    copySlice(memory.values(x), x.shape, begin, size, memory.written(out));
    return out;
  },
};
