import { sizeOf } from './size-of.js';
import type { Values } from './values.js';

/** Two values joined number by number, broadcast as in NumPy. */
export function paired(a: Values, b: Values, join: (a: number, b: number) => number): Values {
  const rank = Math.max(a.shape.length, b.shape.length);
  const [left, right] = [filledUp(a.shape, rank), filledUp(b.shape, rank)];
  const shape = left.map((length, axis) => Math.max(length, right[axis] ?? 1));
  const data = new Float64Array(sizeOf(shape));
  for (let flat = 0; flat < data.length; flat++) {
    data[flat] = join(a.data[placeIn(left, shape, flat)] ?? 0, b.data[placeIn(right, shape, flat)] ?? 0);
  }
  return { shape, data };
}

function filledUp(shape: readonly number[], rank: number): number[] {
  return [...new Array<number>(rank - shape.length).fill(1), ...shape];
}

/** Where a broadcast input has the number for this output. */
function placeIn(shape: readonly number[], output: readonly number[], flat: number): number {
  let [place, stride, rest] = [0, 1, flat];
  for (let axis = output.length - 1; axis >= 0; axis--) {
    const [length, own] = [output[axis] ?? 1, shape[axis] ?? 1];
    if (own > 1) place += (rest % length) * stride;
    stride *= own;
    rest = Math.floor(rest / length);
  }
  return place;
}
