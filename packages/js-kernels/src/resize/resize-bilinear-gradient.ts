import type { Values } from '../memory.js';
import { type ImageShape, listNeighbors, type ResizedAxis } from './resized-axis.js';

/**
 * Shares the gradient of each pixel among the four pixels around it, by the weights of the resize. Writes
 * every element of `dx`.
 */
export function computeResizeBilinearGradient(
  dy: Values,
  shape: ImageShape,
  vertical: ResizedAxis,
  horizontal: ResizedAxis,
  dx: Float32Array,
): void {
  const [batch, height, width, channels] = shape;
  const rows = listNeighbors(vertical);
  const columns = listNeighbors(horizontal);
  let from = 0;
  dx.fill(0);
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < vertical.to; row++) {
      const down = rows.weight[row] as number;
      const top = (image * height + (rows.lower[row] as number)) * width;
      const bottom = (image * height + (rows.upper[row] as number)) * width;
      for (let column = 0; column < horizontal.to; column++, from += channels) {
        const right = columns.weight[column] as number;
        const lower = columns.lower[column] as number;
        const upper = columns.upper[column] as number;
        addShare(dy, from, channels, (1 - down) * (1 - right), dx, (top + lower) * channels);
        addShare(dy, from, channels, (1 - down) * right, dx, (top + upper) * channels);
        addShare(dy, from, channels, down * (1 - right), dx, (bottom + lower) * channels);
        addShare(dy, from, channels, down * right, dx, (bottom + upper) * channels);
      }
    }
  }
}

function addShare(
  dy: Values,
  from: number,
  channels: number,
  weight: number,
  dx: Float32Array,
  to: number,
): void {
  if (weight === 0) return;
  for (const end = from + channels; from < end; from++, to++)
    dx[to] = (dx[to] as number) + (dy[from] as number) * weight;
}
