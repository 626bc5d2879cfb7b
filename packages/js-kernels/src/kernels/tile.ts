import { type TensorInfo, Tile, type TileAttrs } from '@tensorflow/tfjs-core';
import { copyStrided } from '../move/copy-strided.js';
import { rowMajor } from '../move/row-major.js';
import type { JsKernel } from '../js-kernel.js';
import { isNumeric } from './is-numeric.js';

export const tile: JsKernel<Record<'x', TensorInfo>, TileAttrs> = {
  kernelName: Tile,
  handles: ({ x }) => isNumeric(x),
  compute({ x }, { reps }, memory) {
    const out = memory.output(
      x.shape.map((size, axis) => size * (reps[axis] as number)),
      x.dtype,
    );
    const axes = rowMajor(x.shape).flatMap((axis, index) => [
      { size: reps[index] as number, stride: 0 },
      axis,
    ]);
    copyStrided(memory.values(x), 0, axes, memory.written(out), 0);
    return out;
  },
};
