import { backend_util, SplitV, type SplitVAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { copySlice } from '../move/copy-slice.js';
import type { JsKernel } from '../js-kernel.js';
import { isNumeric } from './is-numeric.js';

export const split: JsKernel<Record<'x', TensorInfo>, SplitVAttrs, TensorInfo[]> = {
  kernelName: SplitV,
  handles: ({ x }) => isNumeric(x),
  compute({ x }, { numOrSizeSplits, axis }, memory) {
    const [along = 0] = util.parseAxisParam(axis, x.shape);
    const begin = x.shape.map(() => 0);
    return backend_util.prepareSplitSize(x as never, numOrSizeSplits, along).map((width) => {
      const size = x.shape.map((whole, at) => (at === along ? width : whole));
      const out = memory.output(size, x.dtype);
      copySlice(memory.values(x), x.shape, begin, size, memory.written(out));
      begin[along] = (begin[along] as number) + width;
      return out;
    });
  },
};
