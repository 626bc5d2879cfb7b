import { pad, reshape, slice, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import { alongAxis } from './along-axis.js';

/** A filter with rate - 1 zeros between its weights, along its first axes. */
export function dilated(filter: Tensor, rates: readonly number[]): Tensor {
  return everyAxis(filter, rates, (x, length, rate) => {
    const [before, , after] = x.shape;
    const spread = pad(reshape(x, [before * length, 1, after]), [
      [0, 0],
      [0, rate - 1],
      [0, 0],
    ]);
    return slice(
      reshape(spread, [before, length * rate, after]),
      [0, 0, 0],
      [before, (length - 1) * rate + 1, after],
    );
  });
}

/** Takes what stands at the weights of a dilated filter. */
export function undilated(filter: Tensor, rates: readonly number[]): Tensor {
  return everyAxis(filter, rates, (x, length, rate) => {
    const [before, , after] = x.shape;
    const weights = (length - 1) / rate + 1;
    const whole = pad(x, [
      [0, 0],
      [0, rate - 1],
      [0, 0],
    ]);
    return slice(reshape(whole, [before * weights, rate, after]), [0, 0, 0], [before * weights, 1, after]);
  });
}

export function dilatedShape(shape: readonly number[], rates: readonly number[]): number[] {
  return shape.map((length, axis) => (length - 1) * (rates[axis] ?? 1) + 1);
}

function everyAxis(
  filter: Tensor,
  rates: readonly number[],
  change: (x: Tensor3D, length: number, rate: number) => Tensor,
): Tensor {
  return rates.reduce(
    (changed, rate, axis) =>
      rate === 1 ? changed : alongAxis(changed, axis, (x, length) => change(x, length, rate)),
    filter,
  );
}
