/** Numbers of a shape, in double precision. References compute with them. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** The number of cells in a shape. */
export function countCells(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The index along each axis of the cell at `flat`. */
export function toIndex(shape: readonly number[], flat: number): number[] {
  const index: number[] = [];
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] ?? 1;
    index[axis] = rest % length;
    rest = Math.floor(rest / length);
  }
  return index;
}

/** The flat position of an index. The inverse of `toIndex`. */
export function toFlat(shape: readonly number[], index: readonly number[]): number {
  return shape.reduce((flat, length, axis) => flat * length + (index[axis] ?? 0), 0);
}

/** Creates values from the given numbers. */
export function createValues(shape: readonly number[], data: readonly number[]): Values {
  return { shape, data: Float64Array.from(data) };
}

/** Creates values of a shape, each computed from its index. */
export function fillValues(shape: readonly number[], at: (index: number[], flat: number) => number): Values {
  return {
    shape,
    data: Float64Array.from({ length: countCells(shape) }, (_, flat) => at(toIndex(shape, flat), flat)),
  };
}

/**
 * Creates pseudo-random numbers in [low, high), the same for the same arguments. About a thousand of them are
 * all different, and all are exact in single precision: multiples of 1/1024.
 */
export function sampleValues(shape: readonly number[], low = -2, high = 2, salt = 1): Values {
  const steps = Math.round((high - low) * 1024);
  // The factor is prime, so that every step comes once in a round. The offset is odd, which avoids halves:
  // kinks are often there.
  return fillValues(shape, (_, flat) => low + ((flat * 1597 + salt * 389 + 211) % steps) / 1024);
}

/** Changes each number by itself. */
export function mapValues({ shape, data }: Values, change: (value: number) => number): Values {
  return { shape, data: data.map(change) };
}

/** Joins two values number by number, broadcast as in NumPy. */
export function joinValues(a: Values, b: Values, join: (a: number, b: number) => number): Values {
  const rank = Math.max(a.shape.length, b.shape.length);
  const [left, right] = [padShape(a.shape, rank), padShape(b.shape, rank)];
  const shape = left.map((length, axis) => Math.max(length, right[axis] ?? 1));
  const data = new Float64Array(countCells(shape));
  for (let flat = 0; flat < data.length; flat++) {
    data[flat] = join(a.data[findPlace(left, shape, flat)] ?? 0, b.data[findPlace(right, shape, flat)] ?? 0);
  }
  return { shape, data };
}

function padShape(shape: readonly number[], rank: number): number[] {
  return [...new Array<number>(rank - shape.length).fill(1), ...shape];
}

/** The position in a broadcast input of the number for this output. */
function findPlace(shape: readonly number[], output: readonly number[], flat: number): number {
  let [place, stride, rest] = [0, 1, flat];
  for (let axis = output.length - 1; axis >= 0; axis--) {
    const [length, own] = [output[axis] ?? 1, shape[axis] ?? 1];
    if (own > 1) place += (rest % length) * stride;
    stride *= own;
    rest = Math.floor(rest / length);
  }
  return place;
}

/**
 * Joins the numbers along some axes into one; along all axes by default. Negative axes count from the end.
 */
export function reduceValues(
  x: Values,
  join: (numbers: number[]) => number,
  axes?: readonly number[],
  keepDims = false,
): Values {
  const rank = x.shape.length;
  const gone = (axes ?? x.shape.map((_, axis) => axis)).map((axis) => (axis + rank) % rank);
  const kept = x.shape.map((length, axis) => (gone.includes(axis) ? 1 : length));
  const groups = Array.from({ length: countCells(kept) }, (): number[] => []);
  x.data.forEach((value, flat) => groups[findGroup(x.shape, kept, flat)]?.push(value));
  return {
    shape: keepDims ? kept : kept.filter((_, axis) => !gone.includes(axis)),
    data: Float64Array.from(groups, join),
  };
}

function findGroup(shape: readonly number[], kept: readonly number[], flat: number): number {
  let [group, stride, rest] = [0, 1, flat];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const [length, left] = [shape[axis] ?? 1, kept[axis] ?? 1];
    if (left > 1) group += (rest % length) * stride;
    stride *= left;
    rest = Math.floor(rest / length);
  }
  return group;
}

/** Makes axis `order[i]` axis i. */
export function transposeValues({ shape, data }: Values, order: readonly number[]): Values {
  return fillValues(
    order.map((axis) => shape[axis] ?? 1),
    (index) => {
      const from: number[] = [];
      order.forEach((axis, at) => (from[axis] = index[at] ?? 0));
      return data[toFlat(shape, from)] ?? 0;
    },
  );
}
