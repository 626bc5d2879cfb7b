import { type TensorInfo, Transpose, type TransposeAttrs } from '@tensorflow/tfjs-core';
import { copyStrided, type Walk } from '../move/copy-strided.js';
import { rowMajor } from '../move/row-major.js';
import type { JsKernel } from '../js-kernel.js';
import { isNumeric } from './is-numeric.js';

export const transpose: JsKernel<Record<'x', TensorInfo>, TransposeAttrs> = {
  kernelName: Transpose,
  handles: ({ x }) => isNumeric(x),
  compute({ x }, { perm }, memory) {
    const axes = rowMajor(x.shape);
    const walked = perm.map((axis) => axes[axis] as Walk);
    const out = memory.output(
      walked.map(({ size }) => size),
      x.dtype,
    );
    copyStrided(memory.values(x), 0, walked, memory.written(out), 0);
    return out;
  },
};
