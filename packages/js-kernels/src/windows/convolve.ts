import { addProduct } from '../matrix/add-product.js';
import { createTile } from '../matrix/matrix.js';
import type { Values } from '../memory.js';
import { listOutputBlocks } from './output-blocks.js';
import { unfold } from './unfold.js';
import { countFilterValues, type Windows } from './windows.js';

const POSITIONS = 128;

/** Convolves as the product of unfolded windows and the filter. Writes every element of `y`. */
export function convolve(x: Values, filter: Values, windows: Windows, y: Float32Array): void {
  const { outChannels } = windows;
  const length = countFilterValues(windows);
  const unfolded = new Float32Array(POSITIONS * length);
  const sums = createTile(POSITIONS, outChannels);
  const a = { values: unfolded, offset: 0, rowStride: length, columnStride: 1 };
  const b = { values: filter, offset: 0, rowStride: outChannels, columnStride: 1 };
  for (const { first, count, offset, positionStride, channelStride } of listOutputBlocks(
    windows,
    POSITIONS,
  )) {
    unfold(x, windows, first, count, unfolded);
    sums.values.fill(0);
    addProduct(count, outChannels, length, a, b, sums);
    for (let position = 0; position < count; position++) {
      let to = offset + position * positionStride;
      const end = position * sums.stride + outChannels;
      for (let from = position * sums.stride; from < end; from++, to += channelStride)
        y[to] = sums.values[from] as number;
    }
  }
}
