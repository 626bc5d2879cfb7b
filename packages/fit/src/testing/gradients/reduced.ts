import { sizeOf } from './size-of.js';
import type { Values } from './values.js';

/** The numbers along some axes, all of them where none is given, made one; axes count from behind where negative. */
export function reduced(
  x: Values,
  join: (numbers: number[]) => number,
  axes?: readonly number[],
  keepDims = false,
): Values {
  const rank = x.shape.length;
  const gone = (axes ?? x.shape.map((_, axis) => axis)).map((axis) => (axis + rank) % rank);
  const kept = x.shape.map((length, axis) => (gone.includes(axis) ? 1 : length));
  const groups = Array.from({ length: sizeOf(kept) }, (): number[] => []);
  x.data.forEach((value, flat) => groups[groupOf(x.shape, kept, flat)]?.push(value));
  return {
    shape: keepDims ? kept : kept.filter((_, axis) => !gone.includes(axis)),
    data: Float64Array.from(groups, join),
  };
}

function groupOf(shape: readonly number[], kept: readonly number[], flat: number): number {
  let [group, stride, rest] = [0, 1, flat];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const [length, left] = [shape[axis] ?? 1, kept[axis] ?? 1];
    if (left > 1) group += (rest % length) * stride;
    stride *= left;
    rest = Math.floor(rest / length);
  }
  return group;
}
