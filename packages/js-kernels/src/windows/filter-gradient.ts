import { addProduct } from '../matrix/add-product.js';
import { createTile } from '../matrix/matrix.js';
import type { Values } from '../memory.js';
import { listOutputBlocks } from './output-blocks.js';
import { unfold } from './unfold.js';
import { countFilterValues, type Windows } from './windows.js';

const POSITIONS = 256;

/**
 * The gradient of a convolution's filter: unfolded windows, transposed, times `dy`. Writes every element of
 * `dFilter`.
 */
export function computeFilterGradient(x: Values, dy: Values, windows: Windows, dFilter: Float32Array): void {
  const { outChannels } = windows;
  const length = countFilterValues(windows);
  const unfolded = new Float32Array(POSITIONS * length);
  const sums = createTile(length, outChannels);
  const a = { values: unfolded, offset: 0, rowStride: 1, columnStride: length };
  for (const { first, count, offset, positionStride, channelStride } of listOutputBlocks(
    windows,
    POSITIONS,
  )) {
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
