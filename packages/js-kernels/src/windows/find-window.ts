import type { Windows } from './windows.js';

/** The part of one window that lies within the input. */
export interface Window {
  /** How many of the entries below are set. */
  count: number;
  /** The offset in the input of the first channel of each value. */
  readonly offsets: Int32Array;
  /** The position of each value in the whole window, counted over depth, rows and columns. */
  readonly places: Int32Array;
  /** The offset of the first channel of the output position. */
  output: number;
}

/** Creates a window that `findWindow` fills again and again. */
export function createWindow({ filterDepth, filterHeight, filterWidth }: Windows): Window {
  const size = filterDepth * filterHeight * filterWidth;
  return { count: 0, offsets: new Int32Array(size), places: new Int32Array(size), output: 0 };
}

/**
 * Finds the part of the input that the window of an output position covers. Positions are counted over batch,
 * depth, rows and columns.
 */
export function findWindow(windows: Windows, position: number, window: Window): void {
  const {
    inDepth,
    inHeight,
    inWidth,
    filterDepth,
    filterHeight,
    filterWidth,
    outDepth,
    outHeight,
    outWidth,
    input,
    output,
  } = windows;
  const { dilationDepth, dilationHeight, dilationWidth } = windows;
  const { offsets, places } = window;
  const row = Math.floor(position / outWidth);
  const plane = Math.floor(row / outHeight);
  const batch = Math.floor(plane / outDepth);
  const left = (position - row * outWidth) * windows.strideWidth - windows.padLeft;
  const top = (row - plane * outHeight) * windows.strideHeight - windows.padTop;
  const front = (plane - batch * outDepth) * windows.strideDepth - windows.padFront;
  let count = 0;
  let place = 0;
  for (let z = front; z < front + filterDepth * dilationDepth; z += dilationDepth) {
    for (let y = top; y < top + filterHeight * dilationHeight; y += dilationHeight) {
      const inside = z >= 0 && z < inDepth && y >= 0 && y < inHeight;
      const line = batch * input.batch + z * input.depth + y * input.row;
      for (let x = left; x < left + filterWidth * dilationWidth; x += dilationWidth, place++) {
        if (!inside || x < 0 || x >= inWidth) continue;
        offsets[count] = line + x * input.column;
        places[count++] = place;
      }
    }
  }
  window.count = count;
  window.output =
    batch * output.batch +
    (plane - batch * outDepth) * output.depth +
    (row - plane * outHeight) * output.row +
    (position - row * outWidth) * output.column;
}
