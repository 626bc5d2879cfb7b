import { filled } from './filled.js';
import { flatIn } from './flat-in.js';
import type { Values } from './values.js';

/** Axis `order[i]` becomes axis i. */
export function transposed({ shape, data }: Values, order: readonly number[]): Values {
  return filled(
    order.map((axis) => shape[axis] ?? 1),
    (index) => {
      const from: number[] = [];
      order.forEach((axis, at) => (from[axis] = index[at] ?? 0));
      return data[flatIn(shape, from)] ?? 0;
    },
  );
}
