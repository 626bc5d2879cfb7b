import { type KernelCase, sizeOf } from './kernel-case.js';
import { numbers } from './numbers.js';

const SIZES = [
  [
    [3, 5],
    [6, 10],
  ],
  [
    [4, 3],
    [7, 8],
  ],
  [
    [6, 7],
    [3, 2],
  ],
  [
    [2, 3],
    [1, 1],
  ],
  [
    [5, 5],
    [5, 5],
  ],
] as const;

/**
 * Nearest-neighbor resizing and both gradients, over batches, images that are not square, growing and
 * shrinking.
 */
export function resizeCases(): KernelCase[] {
  return SIZES.flatMap(([from, to]) =>
    [
      { alignCorners: false, halfPixelCenters: false },
      { alignCorners: true, halfPixelCenters: false },
      { alignCorners: false, halfPixelCenters: true },
    ].flatMap((corners) => cases(from, to, corners)),
  );
}

type Size = readonly [number, number];
type Corners = { alignCorners: boolean; halfPixelCenters: boolean };

function cases(from: Size, to: Size, corners: Corners): KernelCase[] {
  const images = { shape: [2, ...from, 3], values: numbers(2 * sizeOf(from) * 3, 1) };
  const dy = { shape: [2, ...to, 3], values: numbers(2 * sizeOf(to) * 3, 2) };
  const copied = { shape: dy.shape, values: new Float64Array(dy.values.length) };
  const [nearest, linear] = [0, 1].map(() => ({
    shape: images.shape,
    values: new Float64Array(images.values.length),
  })) as [typeof copied, typeof copied];
  for (let at = 0; at < dy.values.length; at++) {
    const [channel, column, row, image] = [
      at % 3,
      Math.floor(at / 3) % to[1],
      Math.floor(at / 3 / to[1]) % to[0],
      Math.floor(at / 3 / sizeOf(to)),
    ];
    const pixel = (y: number, x: number) => ((image * from[0] + y) * from[1] + x) * 3 + channel;
    const source = pixel(taken(row, from[0], to[0], corners), taken(column, from[1], to[1], corners));
    copied.values[at] = images.values[source]!;
    nearest.values[source]! += dy.values[at]!;
    for (const [y, down] of weights(row, from[0], to[0], corners)) {
      for (const [x, right] of weights(column, from[1], to[1], corners))
        linear.values[pixel(y, x)]! += dy.values[at]! * down * right;
    }
  }
  const what = `${from} to ${to}${corners.alignCorners ? ', corners aligned' : corners.halfPixelCenters ? ', centers at half pixels' : ''}`;
  const both = { images, dy };
  return [
    {
      name: `ResizeNearestNeighbor: ${what}`,
      kernelName: 'ResizeNearestNeighbor',
      inputs: { images },
      attributes: { ...corners, size: to },
      expected: copied,
      exact: true,
    },
    {
      name: `ResizeNearestNeighborGrad: ${what}`,
      kernelName: 'ResizeNearestNeighborGrad',
      inputs: both,
      attributes: corners,
      expected: nearest,
    },
    {
      name: `ResizeBilinearGrad: ${what}`,
      kernelName: 'ResizeBilinearGrad',
      inputs: both,
      attributes: corners,
      expected: linear,
    },
  ];
}

function place(
  index: number,
  from: number,
  to: number,
  { alignCorners, halfPixelCenters }: Corners,
  shift: number,
): number {
  if (alignCorners && to > 1) return (index * (from - 1)) / (to - 1);
  return halfPixelCenters ? ((index + 0.5) * from) / to - shift : (index * from) / to;
}

function taken(index: number, from: number, to: number, corners: Corners): number {
  const at = place(index, from, to, corners, 0) + 1e-9;
  return Math.min(from - 1, corners.alignCorners ? Math.round(at) : Math.floor(at));
}

/** The input indices around a position between them, and the share of each. */
function weights(index: number, from: number, to: number, corners: Corners): [number, number][] {
  const at = Math.min(Math.max(place(index, from, to, corners, 0.5), 0), from - 1);
  const lower = Math.floor(at);
  return at === lower
    ? [[lower, 1]]
    : [
        [lower, 1 - (at - lower)],
        [lower + 1, at - lower],
      ];
}
