import { addProduct } from '../matrix/add-product.js';
import { tile } from '../matrix/tile.js';
import type { Values } from '../values.js';
import { filterValues } from './filter-values.js';
import { fold } from './fold.js';
import { outputBlocks } from './output-blocks.js';
import type { Windows } from './windows.js';

const POSITIONS = 128;

/**
 * The gradient of a convolution's input: `dy` times the transposed filter, folded back. No stride or dilation costs more than another.
 * Writes every element of `dx`.
 */
export function inputGradient(dy: Values, filter: Values, windows: Windows, dx: Float32Array): void {
  const { outChannels } = windows;
  const length = filterValues(windows);
  const sums = tile(POSITIONS, length);
  const b = { values: filter, offset: 0, rowStride: 1, columnStride: outChannels };
  dx.fill(0);
  for (const { first, count, offset, positionStride, channelStride } of outputBlocks(windows, POSITIONS)) {
    sums.values.fill(0);
    addProduct(
      count,
      length,
      outChannels,
      { values: dy, offset, rowStride: positionStride, columnStride: channelStride },
      b,
      sums,
    );
    fold(sums, windows, first, count, dx);
  }
}
