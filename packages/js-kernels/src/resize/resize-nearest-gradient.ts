import type { Values } from '../memory.js';
import type { ImageShape } from './resized-axis.js';

/** Adds the gradient of each pixel to the pixel that it was copied from. Writes every element of `dx`. */
export function computeResizeNearestGradient(
  dy: Values,
  shape: ImageShape,
  rows: Int32Array,
  columns: Int32Array,
  dx: Float32Array,
): void {
  const [batch, height, width, channels] = shape;
  let from = 0;
  dx.fill(0);
  for (let image = 0; image < batch; image++) {
    for (const row of rows) {
      const line = (image * height + row) * width;
      for (let column = 0; column < columns.length; column++) {
        let to = (line + (columns[column] as number)) * channels;
        for (const end = to + channels; to < end; to++) dx[to] = (dx[to] as number) + (dy[from++] as number);
      }
    }
  }
}
