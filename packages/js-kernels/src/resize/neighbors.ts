import { ratio, type ResizedAxis } from './resized.js';

/** The two input indices between which each output index of a linear resize lies, and the weight of the upper one. */
export function neighbors(axis: ResizedAxis): { lower: Int32Array; upper: Int32Array; weight: Float64Array } {
  const step = ratio(axis);
  const place = (index: number) => (axis.halfPixelCenters ? step * (index + 0.5) - 0.5 : step * index);
  const places = Float64Array.from({ length: axis.to }, (_, index) => place(index));
  const lower = Int32Array.from(places, (at) => Math.max(0, Math.floor(at)));
  return {
    lower,
    upper: Int32Array.from(places, (at) => Math.max(0, Math.min(axis.from - 1, Math.ceil(at)))),
    weight: places.map((at, index) => at - (lower[index] as number)),
  };
}
