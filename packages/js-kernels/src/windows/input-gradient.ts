import { addProduct } from '../matrix/add-product.js';
import { createTile } from '../matrix/matrix.js';
import type { Values } from '../memory.js';
import { fold } from './fold.js';
import { listOutputBlocks } from './output-blocks.js';
import { countFilterValues, type Windows } from './windows.js';

const POSITIONS = 128;

/**
 * The gradient of a convolution's input: `dy` times the transposed filter, folded back. Stride and dilation
 * do not change its cost. Writes every element of `dx`.
 */
export function computeInputGradient(dy: Values, filter: Values, windows: Windows, dx: Float32Array): void {
  const { outChannels } = windows;
  const length = countFilterValues(windows);
  const sums = createTile(POSITIONS, length);
  const b = { values: filter, offset: 0, rowStride: 1, columnStride: outChannels };
  dx.fill(0);
  for (const { first, count, offset, positionStride, channelStride } of listOutputBlocks(
    windows,
    POSITIONS,
  )) {
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
