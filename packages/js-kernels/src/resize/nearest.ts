import { ratio, type ResizedAxis } from './resized.js';

/** The input index that each output index of a nearest-neighbor resize takes. */
export function nearest(axis: ResizedAxis): Int32Array {
  const step = ratio(axis);
  const shift = axis.halfPixelCenters ? 0.5 : 0;
  const round = axis.alignCorners ? Math.round : Math.floor;
  return Int32Array.from({ length: axis.to }, (_, index) =>
    Math.max(0, Math.min(axis.from - 1, round(step * (index + shift)))),
  );
}
