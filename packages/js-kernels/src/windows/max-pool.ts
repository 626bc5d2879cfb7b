import type { Values } from '../memory.js';
import { createWindow, findWindow } from './find-window.js';
import { countPositions, type Windows } from './windows.js';

/** The greatest value of each window, or NaN if the window holds one, so that a diverged model shows. */
export function poolMax(x: Values, windows: Windows, y: Float32Array): void {
  const { inChannels, input, output } = windows;
  const { channel: inStride } = input;
  const { channel: outStride } = output;
  const window = createWindow(windows);
  const { offsets } = window;
  for (let position = 0; position < countPositions(windows); position++) {
    findWindow(windows, position, window);
    const { count } = window;
    let to = window.output;
    for (let channel = 0; channel < inChannels * inStride; channel += inStride, to += outStride) {
      let greatest = count > 0 ? (x[(offsets[0] as number) + channel] as number) : -Infinity;
      for (let index = 1; index < count; index++) {
        const value = x[(offsets[index] as number) + channel] as number;
        if (value > greatest || value !== value) greatest = value;
      }
      y[to] = greatest;
    }
  }
}
