import * as tf from '@tensorflow/tfjs-core';
import type { GradientCase } from './gradient-case.js';
import { fillValues, toFlat, sampleValues, transposeValues, type Values } from './values.js';

const x324 = sampleValues([3, 2, 4]);
const image = sampleValues([2, 4, 6, 1]);

/** Name, op, shape of the output, and the index in the input of each of its numbers: none if it is 0. */
type Row = readonly [
  string,
  (x: tf.Tensor) => tf.Tensor,
  readonly number[],
  (index: number[]) => readonly number[] | undefined,
  Values?,
];

const ROWS: readonly Row[] = [
  [
    'reverse along [0,2]',
    (x) => tf.reverse(x, [0, 2]),
    [3, 2, 4],
    ([a = 0, b = 0, c = 0]) => [2 - a, b, 3 - c],
  ],
  [
    'slice',
    (x) => tf.slice(x, [1, 0, 1], [2, 1, 2]),
    [2, 1, 2],
    ([a = 0, b = 0, c = 0]) => [a + 1, b, c + 1],
  ],
  [
    'slice to the end',
    (x) => tf.slice(x, [0, 1], [-1, -1]),
    [3, 1, 4],
    ([a = 0, b = 0, c = 0]) => [a, b + 1, c],
  ],
  [
    'pad',
    (x) =>
      tf.pad(
        x,
        [
          [1, 0],
          [0, 2],
          [1, 1],
        ],
        0,
      ),
    [4, 4, 6],
    ([a = 0, b = 0, c = 0]) => undefinedIfOutside([a - 1, b, c - 1], [3, 2, 4]),
  ],
  [
    'mirrorPad, reflected',
    (x) =>
      tf.mirrorPad(
        x,
        [
          [2, 1],
          [1, 1],
          [0, 3],
        ],
        'reflect',
      ),
    [6, 4, 7],
    ([a = 0, b = 0, c = 0]) => [reflectIndex(a - 2, 3), reflectIndex(b - 1, 2), reflectIndex(c, 4)],
  ],
  [
    'mirrorPad, symmetric',
    (x) =>
      tf.mirrorPad(
        x,
        [
          [3, 1],
          [0, 2],
          [2, 4],
        ],
        'symmetric',
      ),
    [7, 4, 10],
    ([a = 0, b = 0, c = 0]) => [mirrorIndex(a - 3, 3), mirrorIndex(b, 2), mirrorIndex(c - 2, 4)],
  ],
  ['tile', (x) => tf.tile(x, [2, 1, 3]), [6, 2, 12], ([a = 0, b = 0, c = 0]) => [a % 3, b, c % 4]],
  ['tile of a vector', (x) => tf.tile(x, [3]), [15], ([a = 0]) => [a % 5], sampleValues([5])],
  [
    'tile of rank 5',
    (x) => tf.tile(x, [1, 2, 1, 3, 2]),
    [2, 2, 1, 6, 4],
    ([a = 0, , , d = 0, e = 0]) => [a, 0, 0, d % 2, e % 2],
    sampleValues([2, 1, 1, 2, 2]),
  ],
  [
    'broadcastTo',
    (x) => tf.broadcastTo(x, [3, 2, 4]),
    [3, 2, 4],
    ([, b = 0]) => [b, 0],
    sampleValues([2, 1]),
  ],
  ['transpose', (x) => tf.transpose(x, [2, 0, 1]), [4, 3, 2], ([a = 0, b = 0, c = 0]) => [b, c, a]],
  [
    'transpose of rank 4',
    (x) => tf.transpose(x, [0, 3, 1, 2]),
    [2, 1, 4, 6],
    ([a = 0, b = 0, c = 0, d = 0]) => [a, c, d, b],
    image,
  ],
  [
    'transpose of rank 5',
    (x) => tf.transpose(x, [4, 0, 3, 1, 2]),
    [2, 2, 2, 1, 3],
    ([a = 0, b = 0, c = 0, d = 0, e = 0]) => [b, d, e, c, a],
    sampleValues([2, 1, 3, 2, 2]),
  ],
  [
    'spaceToBatchND',
    (x) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [1, 1],
          [0, 2],
        ],
      ),
    [8, 3, 4, 1],
    ([a = 0, b = 0, c = 0]) =>
      undefinedIfOutside(
        [a % 2, b * 2 + Math.floor(a / 4) - 1, c * 2 + (Math.floor(a / 2) % 2), 0],
        [2, 4, 6, 1],
      ),
    image,
  ],
  [
    'batchToSpaceND',
    (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [1, 0],
          [0, 1],
        ],
      ),
    [1, 3, 5, 1],
    ([, b = 0, c = 0]) => [((b + 1) % 2) * 2 + (c % 2), Math.floor((b + 1) / 2), Math.floor(c / 2), 0],
    sampleValues([4, 2, 3, 1]),
  ],
  [
    'pad2d of an image',
    (x) =>
      tf.pad4d(x as tf.Tensor4D, [
        [0, 0],
        [1, 2],
        [2, 1],
        [0, 0],
      ]),
    [2, 7, 9, 1],
    ([a = 0, b = 0, c = 0]) => undefinedIfOutside([a, b - 1, c - 2, 0], [2, 4, 6, 1]),
    image,
  ],
];

/** The same numbers in another shape. */
const RESHAPED: readonly (readonly [string, (x: tf.Tensor) => tf.Tensor, readonly number[]])[] = [
  ['reshape', (x) => tf.reshape(x, [4, -1]), [4, 6]],
  ['expandDims', (x) => tf.expandDims(x, 1), [3, 1, 2, 4]],
  ['squeeze', (x) => tf.squeeze(tf.expandDims(x, 3)), [3, 2, 4]],
  ['cast to the same', (x) => tf.cast(x, 'float32'), [3, 2, 4]],
  ['clone', (x) => tf.clone(x), [3, 2, 4]],
  ['split, and joined again', (x) => tf.concat(tf.split(x, [1, 3], 2), 2), [3, 2, 4]],
  ['unstack, and stacked again', (x) => tf.stack(tf.unstack(x, 1), 1), [3, 2, 4]],
];

export function shapeCases(): GradientCase[] {
  const moved = ROWS.map(([name, op, shape, from, x = x324]): GradientCase => ({
    ...{ name, op, inputs: [x] },
    reference: (input) => fillValues(shape, (index) => readAt(input, from(index))),
  }));
  const reshaped = RESHAPED.map(([name, op, shape]): GradientCase => ({
    name,
    op,
    inputs: [x324],
    reference: ({ data }) => ({ shape, data }),
  }));
  return [...moved, ...reshaped, ...joined(), ...parts()];
}

function joined(): GradientCase[] {
  const inputs = [
    sampleValues([2, 3], -2, 2, 1),
    sampleValues([1, 3], -2, 2, 2),
    sampleValues([3, 3], -2, 2, 3),
  ];
  const rows = (...all: Values[]): Values => ({
    shape: [6, 3],
    data: Float64Array.from(all.flatMap(({ data }) => [...data])),
  });
  const turned = inputs.map((input) => transposeValues(input, [1, 0]));
  return [
    { name: 'concat of rows', op: (...xs) => tf.concat(xs, 0), reference: rows, inputs },
    {
      name: 'concat of columns',
      op: (...xs) => tf.concat(xs, 1),
      reference: (...xs) => transposeValues(rows(...xs.map((x) => transposeValues(x, [1, 0]))), [1, 0]),
      inputs: turned,
    },
    {
      name: 'stack',
      op: (a, b) => tf.stack([a, b] as tf.Tensor[], 1),
      reference: (a, b) =>
        fillValues(
          [2, 2, 3],
          ([row = 0, which = 0, column = 0]) => (which === 0 ? a : b).data[row * 3 + column] ?? 0,
        ),
      inputs: [sampleValues([2, 3], -2, 2, 1), sampleValues([2, 3], -2, 2, 5)],
    },
  ];
}

/** Ops with several outputs of which only some are used: the others have no gradient. */
function parts(): GradientCase[] {
  return [
    {
      name: 'one part of a split',
      op: (x) => tf.split(x, 2, 2)[1] as tf.Tensor,
      reference: (x) => fillValues([3, 2, 2], ([a = 0, b = 0, c = 0]) => readAt(x, [a, b, c + 2])),
      inputs: [x324],
    },
    {
      name: 'one part of an unstack',
      op: (x) => tf.unstack(x, 0)[1] as tf.Tensor,
      reference: (x) => fillValues([2, 4], ([b = 0, c = 0]) => readAt(x, [1, b, c])),
      inputs: [x324],
    },
  ];
}

function readAt({ shape, data }: Values, index: readonly number[] | undefined): number {
  return index === undefined ? 0 : (data[toFlat(shape, index)] ?? 0);
}

function undefinedIfOutside(
  index: readonly number[],
  shape: readonly number[],
): readonly number[] | undefined {
  return index.every((at, axis) => at >= 0 && at < (shape[axis] ?? 0)) ? index : undefined;
}

function reflectIndex(at: number, length: number): number {
  return at < 0 ? -at : at >= length ? 2 * length - 2 - at : at;
}

function mirrorIndex(at: number, length: number): number {
  return at < 0 ? -1 - at : at >= length ? 2 * length - 1 - at : at;
}
