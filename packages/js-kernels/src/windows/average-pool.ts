import type { Values } from '../memory.js';
import { createWindow, findWindow } from './find-window.js';
import { countPositions, type Windows } from './windows.js';

/** The mean of the values of each window that are within the input. */
export function poolAverage(x: Values, windows: Windows, y: Float32Array): void {
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
      let sum = 0;
      for (let index = 0; index < count; index++) sum += x[(offsets[index] as number) + channel] as number;
      y[to] = sum / count;
    }
  }
}
