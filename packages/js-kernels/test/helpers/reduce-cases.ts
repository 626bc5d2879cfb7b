import { type KernelCase, sizeOf } from './kernel-case.js';
import { numbers } from './numbers.js';

/** Sums and means over every choice of axes, over many rows, and the sums of segments. */
export function reduceCases(): KernelCase[] {
  const shape = [3, 2, 5, 4];
  const x = { shape, values: numbers(sizeOf(shape), 1) };
  const choices = [[0], [3], [0, 3], [1, 2], [0, 2], [0, 1, 2], [0, 1, 2, 3], [1]];
  return [
    ...choices.flatMap((axis) => [
      reduction('Sum', x, axis, false),
      reduction('Sum', x, axis, true),
      reduction('Mean', x, axis, false),
    ]),
    manyRows('Sum', 1),
    manyRows('Mean', 120_000),
    {
      ...manyRows('Sum', 1),
      name: 'Sum: integers',
      inputs: { x: { shape: [2, 3], values: [1, 2, 3, 4, 5, 6], dtype: 'int32' } },
      expected: { shape: [3], values: [5, 7, 9] },
    },
    segments('rows of some segments', [5, 0, 5, 2, 0, 5, 5], 7, [3]),
    segments('ids out of range are left out', [-1, 0, 9, 2], 3, [2]),
    segments('single numbers', [1, 1, 0], 2, []),
    segments('volumes', [2, 0, 2], 3, [2, 3]),
  ];
}

function reduction(
  kernelName: 'Sum' | 'Mean',
  x: { shape: number[]; values: Float32Array },
  axis: number[],
  keepDims: boolean,
): KernelCase {
  const kept = x.shape.map((size, at) => (axis.includes(at) ? 1 : size));
  const values = new Float64Array(sizeOf(kept));
  x.values.forEach((value, offset) => {
    let rest = offset;
    let to = 0;
    let step = 1;
    for (let at = x.shape.length - 1; at >= 0; at--) {
      const size = x.shape[at]!;
      if (!axis.includes(at)) {
        to += (rest % size) * step;
        step *= size;
      }
      rest = Math.floor(rest / size);
    }
    values[to]! += kernelName === 'Sum' ? value : value / (x.values.length / values.length);
  });
  const shape = keepDims ? kept : x.shape.filter((_, at) => !axis.includes(at));
  return {
    name: `${kernelName}: axes ${axis}${keepDims ? ', dimensions kept' : ''}`,
    kernelName,
    inputs: { x },
    attributes: { axis, keepDims },
    expected: { shape, values },
  };
}

/** A sum of 0.1 over enough rows that float32 sums drift by 3e-5 and more. */
function manyRows(kernelName: 'Sum' | 'Mean', divisor: number): KernelCase {
  const rows = 120_000;
  const x = { shape: [rows, 2], values: new Float32Array(rows * 2).fill(0.1) };
  const sum = (rows * Math.fround(0.1)) / divisor;
  return {
    name: `${kernelName}: 120,000 rows`,
    kernelName,
    inputs: { x },
    attributes: { axis: [0], keepDims: false },
    expected: { shape: [2], values: [sum, sum] },
  };
}

function segments(name: string, ids: number[], numSegments: number, inner: number[]): KernelCase {
  const width = sizeOf(inner);
  const x = { shape: [ids.length, ...inner], values: numbers(ids.length * width, 1) };
  const values = new Float64Array(numSegments * width);
  ids.forEach((id, row) => {
    for (let at = 0; at < width && id >= 0 && id < numSegments; at++)
      values[id * width + at]! += x.values[row * width + at]!;
  });
  return {
    name: `UnsortedSegmentSum: ${name}`,
    kernelName: 'UnsortedSegmentSum',
    inputs: { x, segmentIds: { shape: [ids.length], values: ids, dtype: 'int32' } },
    attributes: { numSegments },
    expected: { shape: [numSegments, ...inner], values },
  };
}
