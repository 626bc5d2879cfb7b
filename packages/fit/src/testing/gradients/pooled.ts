import { eachWindow } from './each-window.js';
import { axisOf, type Windows } from './geometry.js';
import { sizeOf } from './size-of.js';
import type { Values } from './values.js';

/** The windows of x, [samples, ...space, channels], each made one number. The padding is not among a window's numbers. */
export function pooled(
  x: Values,
  sizes: readonly number[],
  windows: Windows,
  join: (numbers: number[]) => number,
): Values {
  const axes = x.shape.slice(1, -1).map((length, axis) => axisOf(axis, length, sizes[axis] ?? 1, windows));
  const [samples = 1, channels = 1] = [x.shape[0], x.shape.at(-1)];
  const [cells, places] = [sizeOf(x.shape.slice(1, -1)), sizeOf(axes.map((axis) => axis.outputs))];
  const groups = Array.from({ length: samples * places * channels }, (): number[] => []);
  for (let sample = 0; sample < samples; sample++) {
    eachWindow(axes, (output, _, input) => {
      for (let c = 0; c < channels; c++)
        groups[(sample * places + output) * channels + c]?.push(
          x.data[(sample * cells + input) * channels + c] ?? 0,
        );
    });
  }
  return {
    shape: [samples, ...axes.map((axis) => axis.outputs), channels],
    data: Float64Array.from(groups, join),
  };
}
