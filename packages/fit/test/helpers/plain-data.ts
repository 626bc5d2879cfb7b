import { INPUTS } from './plain-model.js';

/** Data of no meaning that repeats: x [samples, 3] in [-1, 1), y [samples, 1] of 0 and 1. */
export function plainData(
  samples: number,
  from = 0,
): { x: { data: Float32Array; shape: number[] }; y: { data: Float32Array; shape: number[] } } {
  const x = Float32Array.from(
    { length: samples * INPUTS },
    (_, index) => (((index + from * INPUTS) * 7919 + 13) % 1009) / 504.5 - 1,
  );
  const y = Float32Array.from({ length: samples }, (_, index) => (((index + from) * 5) % 3 === 0 ? 1 : 0));
  return { x: { data: x, shape: [samples, INPUTS] }, y: { data: y, shape: [samples, 1] } };
}
