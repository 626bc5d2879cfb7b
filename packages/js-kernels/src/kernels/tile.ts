import * as tf from '@tensorflow/tfjs-core';
import { isNumeric, type JsKernel } from '../js-kernel.js';
import { listRowMajorAxes } from '../move/copy-strided.js';
import { repeatStrided } from '../move/repeat-strided.js';

/** A tensor repeated along its axes. */
export const tile: JsKernel<Record<'x', tf.TensorInfo>, tf.TileAttrs> = {
  kernelName: tf.Tile,
  handles: ({ x }) => isNumeric(x),
  compute({ x }, { reps }, memory) {
    const out = memory.output(
      x.shape.map((size, axis) => size * (reps[axis] as number)),
      x.dtype,
    );
    const axes = listRowMajorAxes(x.shape).flatMap((axis, index) => [
      { size: reps[index] as number, stride: 0 },
      axis,
    ]);
    repeatStrided(memory.values(x), axes, memory.writable(out));
    return out;
  },
};
