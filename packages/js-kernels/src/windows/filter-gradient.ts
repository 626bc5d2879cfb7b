import { addProduct } from '../matrix/add-product.js';
import { tile } from '../matrix/tile.js';
import type { Values } from '../values.js';
import { filterValues } from './filter-values.js';
import { outputBlocks } from './output-blocks.js';
import { unfold } from './unfold.js';
import type { Windows } from './windows.js';

const POSITIONS = 256;

/** The gradient of a convolution's filter: unfolded windows, transposed, times `dy`. Writes every element of `dFilter`. */
export function filterGradient(x: Values, dy: Values, windows: Windows, dFilter: Float32Array): void {
  const { outChannels } = windows;
  const length = filterValues(windows);
  const unfolded = new Float32Array(POSITIONS * length);
  const sums = tile(length, outChannels);
  const a = { values: unfolded, offset: 0, rowStride: 1, columnStride: length };
  for (const { first, count, offset, positionStride, channelStride } of outputBlocks(windows, POSITIONS)) {
    unfold(x, windows, first, count, unfolded);
    addProduct(
      length,
      outChannels,
      count,
      a,
      { values: dy, offset, rowStride: positionStride, columnStride: channelStride },
      sums,
    );
  }
  for (let row = 0; row < length; row++) {
    const from = row * sums.stride;
    for (let channel = 0; channel < outChannels; channel++)
      dFilter[row * outChannels + channel] = sums.values[from + channel] as number;
  }
}
