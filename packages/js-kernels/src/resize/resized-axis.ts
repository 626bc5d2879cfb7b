/** Images of batch × height × width × channels. */
export type ImageShape = readonly [batch: number, height: number, width: number, channels: number];

/** One axis of an image and its resizing, in the terms of tfjs' operations. */
export interface ResizedAxis {
  readonly from: number;
  readonly to: number;
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** Elements of the input for each element of the output. */
function getRatio({ from, to, alignCorners }: ResizedAxis): number {
  return alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
}

/** The input index of each output index of a nearest-neighbor resize. */
export function listNearest(axis: ResizedAxis): Int32Array {
  const step = getRatio(axis);
  const shift = axis.halfPixelCenters ? 0.5 : 0;
  const round = axis.alignCorners ? Math.round : Math.floor;
  return Int32Array.from({ length: axis.to }, (_, index) =>
    Math.max(0, Math.min(axis.from - 1, round(step * (index + shift)))),
  );
}

/** The two input indices around each output index of a linear resize, and the weight of the upper one. */
export function listNeighbors(axis: ResizedAxis): {
  lower: Int32Array;
  upper: Int32Array;
  weight: Float64Array;
} {
  const step = getRatio(axis);
  const place = (index: number) => (axis.halfPixelCenters ? step * (index + 0.5) - 0.5 : step * index);
  const places = Float64Array.from({ length: axis.to }, (_, index) => place(index));
  const lower = Int32Array.from(places, (at) => Math.max(0, Math.floor(at)));
  return {
    lower,
    upper: Int32Array.from(places, (at) => Math.max(0, Math.min(axis.from - 1, Math.ceil(at)))),
    weight: places.map((at, index) => at - (lower[index] as number)),
  };
}
