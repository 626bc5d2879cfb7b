import { type Given, type KernelCase, sizeOf } from './kernel-case.js';
import { numbers } from './numbers.js';

const tensor = (shape: number[]): Given & { values: Float32Array } => ({
  shape,
  values: numbers(sizeOf(shape), 1),
});

/** Slices, splits, repetitions, transpositions and gathers, against the value at each index. */
export function moveCases(): KernelCase[] {
  return [
    slice([4, 5, 6], [1, 2, 0], [2, 3, 6]),
    slice([4, 5, 6], [0, 0, 3], [4, 5, 2]),
    slice([300], [7], [200]),
    ...[
      [2, 3],
      [1, 1, 3],
      [0, 5],
    ].map((sizes) => split([4, 5, 3], sizes, 1)),
    tile([2, 3], [3, 2]),
    tile([4, 1, 3], [1, 5, 1]),
    tile([5], [0]),
    tile([], []),
    tile([1], [130]),
    tile([1, 1, 1], [3, 5, 1]),
    tile([1, 7], [33, 1]),
    tile([3, 1, 2], [1, 70, 3]),
    tile([2, 2, 1, 3], [5, 1, 23, 2]),
    transpose([3, 4], [1, 0]),
    transpose([2, 3, 4, 5], [3, 1, 0, 2]),
    transpose([2, 3, 4, 5], [0, 2, 3, 1]),
    gather([5, 3], [4], [4, 0, 4, 2], 0, 0),
    gather([2, 5, 70], [2, 2], [4, 0, 1, 1], 1, 0),
    gather([2, 5, 3], [2, 2], [4, 0, 1, 3], 1, 1),
    gather([2, 3, 5], [2, 3, 2], [4, 0, 1, 3, 2, 2, 0, 1, 4, 4, 3, 0], 2, 2),
  ];
}

function at(
  { shape, values }: { shape: readonly number[]; values: ArrayLike<number> },
  index: readonly number[],
): number {
  return values[index.reduce((offset, place, axis) => offset * shape[axis]! + place, 0)]!;
}

function fill(shape: number[], value: (index: number[]) => number): Given {
  const values = Array.from({ length: sizeOf(shape) }, (_, offset) => {
    const index: number[] = [];
    for (const size of [...shape].reverse()) {
      index.unshift(offset % size);
      offset = Math.floor(offset / size);
    }
    return value(index);
  });
  return { shape, values };
}

function slice(shape: number[], begin: number[], size: number[]): KernelCase {
  const x = tensor(shape);
  const expected = fill(size, (index) =>
    at(
      x,
      index.map((place, axis) => place + begin[axis]!),
    ),
  );
  return {
    name: `Slice: ${size} of ${shape}`,
    kernelName: 'Slice',
    inputs: { x },
    attributes: { begin, size },
    expected,
    exact: true,
  };
}

function split(shape: number[], numOrSizeSplits: number[], axis: number): KernelCase {
  const x = tensor(shape);
  let begin = 0;
  const expected = numOrSizeSplits.map((width) => {
    const first = begin;
    begin += width;
    return fill(
      shape.map((size, along) => (along === axis ? width : size)),
      (index) =>
        at(
          x,
          index.map((place, along) => (along === axis ? place + first : place)),
        ),
    );
  });
  return {
    name: `SplitV: ${shape} into ${numOrSizeSplits}`,
    kernelName: 'SplitV',
    inputs: { x },
    attributes: { numOrSizeSplits, axis },
    expected,
    exact: true,
  };
}

function tile(shape: number[], reps: number[]): KernelCase {
  const x = tensor(shape);
  const expected = fill(
    shape.map((size, axis) => size * reps[axis]!),
    (index) =>
      at(
        x,
        index.map((place, axis) => place % shape[axis]!),
      ),
  );
  return {
    name: `Tile: ${shape} by ${reps}`,
    kernelName: 'Tile',
    inputs: { x },
    attributes: { reps },
    expected,
    exact: true,
  };
}

function transpose(shape: number[], perm: number[]): KernelCase {
  const x = tensor(shape);
  const expected = fill(
    perm.map((axis) => shape[axis]!),
    (index) =>
      at(
        x,
        shape.map((_, axis) => index[perm.indexOf(axis)]!),
      ),
  );
  return {
    name: `Transpose: ${shape} by ${perm}`,
    kernelName: 'Transpose',
    inputs: { x },
    attributes: { perm },
    expected,
    exact: true,
  };
}

function gather(
  shape: number[],
  indexShape: number[],
  picks: number[],
  axis: number,
  batchDims: number,
): KernelCase {
  const x = tensor(shape);
  const indices = { shape: indexShape, values: picks, dtype: 'int32' } as const;
  const inner = indexShape.length - batchDims;
  const expected = fill(
    [...shape.slice(0, axis), ...indexShape.slice(batchDims), ...shape.slice(axis + 1)],
    (index) => {
      const pick = at(indices, [...index.slice(0, batchDims), ...index.slice(axis, axis + inner)]);
      return at(x, [...index.slice(0, axis), pick, ...index.slice(axis + inner)]);
    },
  );
  return {
    name: `GatherV2: ${indexShape} of ${shape} along ${axis}, ${batchDims} batch axes`,
    kernelName: 'GatherV2',
    inputs: { x, indices },
    attributes: { axis, batchDims },
    expected,
    exact: true,
  };
}
