import * as tf from '@tensorflow/tfjs-core';
import type { GradientCase } from './gradient-case.js';
import { fillValues, toFlat, sampleValues, type Values } from './values.js';

type Size = readonly [number, number];
interface Flags {
  readonly corners: boolean;
  readonly halves: boolean;
}

/** Larger, smaller, not square, one pixel. */
const SIZES: readonly (readonly [from: Size, to: Size])[] = [
  [
    [2, 2],
    [4, 4],
  ],
  [
    [3, 2],
    [6, 4],
  ],
  [
    [2, 3],
    [5, 4],
  ],
  [
    [5, 4],
    [2, 3],
  ],
  [
    [4, 4],
    [4, 4],
  ],
  [
    [1, 1],
    [3, 2],
  ],
];
const FLAGS: readonly Flags[] = [
  { corners: false, halves: false },
  { corners: true, halves: false },
  { corners: false, halves: true },
];

export function resizeCases(): GradientCase[] {
  return SIZES.flatMap(([from, to]) =>
    // tfjs' own gradient of one pixel with aligned corners never ends.
    FLAGS.filter(({ corners }) => !corners || from[0] > 1).flatMap(({ corners, halves }) => {
      const title = `from [${from.join()}] to [${to.join()}]${corners ? ', corners aligned' : ''}${halves ? ', centres of half pixels' : ''}`;
      const x = sampleValues([2, ...from, 2]);
      return [
        {
          name: `resizeBilinear ${title}`,
          op: (image) => tf.image.resizeBilinear(image as tf.Tensor4D, [...to], corners, halves),
          reference: (image) => resizeBilinear(image, to, { corners, halves }),
          inputs: [x],
        },
        {
          name: `resizeNearestNeighbor ${title}`,
          op: (image) => tf.image.resizeNearestNeighbor(image as tf.Tensor4D, [...to], corners, halves),
          reference: (image) => resizeNearest(image, to, { corners, halves }),
          inputs: [x],
        },
      ] satisfies GradientCase[];
    }),
  );
}

/** How far one output pixel is in the input. */
function getRatio(from: number, to: number, corners: boolean): number {
  return corners && to > 1 ? (from - 1) / (to - 1) : from / to;
}

function resizeBilinear(x: Values, to: Size, { corners, halves }: Flags): Values {
  const ends = (axis: 0 | 1, at: number): readonly [low: number, high: number, part: number] => {
    const length = x.shape[axis + 1] ?? 1;
    const scale = getRatio(length, to[axis], corners);
    const place = halves ? (at + 0.5) * scale - 0.5 : at * scale;
    const low = Math.floor(place);
    return [Math.max(0, low), Math.min(length - 1, Math.ceil(place)), place - low];
  };
  return fillValues(
    [x.shape[0] ?? 1, ...to, x.shape[3] ?? 1],
    ([sample = 0, row = 0, column = 0, channel = 0]) => {
      const [top, bottom, down] = ends(0, row);
      const [left, right, across] = ends(1, column);
      const at = (r: number, c: number): number => x.data[toFlat(x.shape, [sample, r, c, channel])] ?? 0;
      const [above, below] = [top, bottom].map((r) => at(r, left) * (1 - across) + at(r, right) * across) as [
        number,
        number,
      ];
      return above * (1 - down) + below * down;
    },
  );
}

function resizeNearest(x: Values, to: Size, { corners, halves }: Flags): Values {
  const source = (axis: 0 | 1, at: number): number => {
    const length = x.shape[axis + 1] ?? 1;
    const place = getRatio(length, to[axis], corners) * (halves ? at + 0.5 : at);
    return Math.min(length - 1, Math.max(0, corners ? Math.round(place) : Math.floor(place)));
  };
  return fillValues(
    [x.shape[0] ?? 1, ...to, x.shape[3] ?? 1],
    ([sample = 0, row = 0, column = 0, channel = 0]) => {
      return x.data[toFlat(x.shape, [sample, source(0, row), source(1, column), channel])] ?? 0;
    },
  );
}
