import type { Tile } from '../matrix/matrix.js';
import type { Windows } from './windows.js';

/**
 * The reverse of `unfold`: adds each value of the windows, which are the rows of the tile, to the element of
 * `x` that it came from.
 */
export function fold(unfolded: Tile, windows: Windows, first: number, count: number, x: Float32Array): void {
  const {
    inDepth,
    inHeight,
    inWidth,
    inChannels,
    filterDepth,
    filterHeight,
    filterWidth,
    outDepth,
    outHeight,
    outWidth,
    input,
  } = windows;
  const { dilationDepth, dilationHeight, dilationWidth } = windows;
  const { column: columnStride, channel: channelStride } = input;
  const { values, stride } = unfolded;
  for (let position = first; position < first + count; position++) {
    const row = Math.floor(position / outWidth);
    const plane = Math.floor(row / outHeight);
    const batch = Math.floor(plane / outDepth);
    const left = (position - row * outWidth) * windows.strideWidth - windows.padLeft;
    const top = (row - plane * outHeight) * windows.strideHeight - windows.padTop;
    const front = (plane - batch * outDepth) * windows.strideDepth - windows.padFront;
    let at = (position - first) * stride;
    for (let fz = 0; fz < filterDepth; fz++) {
      const z = front + fz * dilationDepth;
      for (let fy = 0; fy < filterHeight; fy++) {
        const y = top + fy * dilationHeight;
        const inside = z >= 0 && z < inDepth && y >= 0 && y < inHeight;
        const line = batch * input.batch + z * input.depth + y * input.row;
        for (let fx = 0; fx < filterWidth; fx++, at += inChannels) {
          const column = left + fx * dilationWidth;
          if (!inside || column < 0 || column >= inWidth) continue;
          let to = line + column * columnStride;
          for (let from = at; from < at + inChannels; from++, to += channelStride)
            x[to] = (x[to] as number) + (values[from] as number);
        }
      }
    }
  }
}
