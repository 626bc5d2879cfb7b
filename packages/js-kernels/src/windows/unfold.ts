import type { Values } from '../memory.js';
import type { Windows } from './windows.js';

/**
 * Writes the windows of `count` output positions side by side, each as filterDepth × filterHeight ×
 * filterWidth × inChannels values, with zeros beyond the border.
 *
 * @param first the first output position, counted over batch, depth, rows and columns
 */
export function unfold(x: Values, windows: Windows, first: number, count: number, out: Float32Array): void {
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
  let at = 0;
  for (let position = first; position < first + count; position++) {
    const row = Math.floor(position / outWidth);
    const plane = Math.floor(row / outHeight);
    const batch = Math.floor(plane / outDepth);
    const left = (position - row * outWidth) * windows.strideWidth - windows.padLeft;
    const top = (row - plane * outHeight) * windows.strideHeight - windows.padTop;
    const front = (plane - batch * outDepth) * windows.strideDepth - windows.padFront;
    for (let fz = 0; fz < filterDepth; fz++) {
      const z = front + fz * dilationDepth;
      for (let fy = 0; fy < filterHeight; fy++) {
        const y = top + fy * dilationHeight;
        const inside = z >= 0 && z < inDepth && y >= 0 && y < inHeight;
        const line = batch * input.batch + z * input.depth + y * input.row;
        for (let fx = 0; fx < filterWidth; fx++) {
          const column = left + fx * dilationWidth;
          const end = at + inChannels;
          if (inside && column >= 0 && column < inWidth) {
            for (let from = line + column * columnStride; at < end; from += channelStride)
              out[at++] = x[from] as number;
          } else {
            while (at < end) out[at++] = 0;
          }
        }
      }
    }
  }
}
