import type { Values } from '../memory.js';
import type { ImageShape } from './resized-axis.js';

/** Copies the pixels at the two lists of indices. */
export function resizeNearest(
  images: Values,
  [batch, height, width, channels]: ImageShape,
  rows: Int32Array,
  columns: Int32Array,
  out: Values,
): void {
  let to = 0;
  for (let image = 0; image < batch; image++) {
    for (const row of rows) {
      const line = (image * height + row) * width;
      for (let column = 0; column < columns.length; column++) {
        let from = (line + (columns[column] as number)) * channels;
        for (const end = from + channels; from < end; from++) out[to++] = images[from] as number;
      }
    }
  }
}
