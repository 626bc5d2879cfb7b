import type { Values } from '../values.js';
import { positions } from './positions.js';
import { emptyWindow, windowAt } from './window-at.js';
import type { Windows } from './windows.js';

/** The mean of each window, over as many values as lie within the input. */
export function averagePool(x: Values, windows: Windows, y: Float32Array): void {
  const { inChannels, input, output } = windows;
  const { channel: inStride } = input;
  const { channel: outStride } = output;
  const window = emptyWindow(windows);
  const { offsets } = window;
  for (let position = 0; position < positions(windows); position++) {
    windowAt(windows, position, window);
    const { count } = window;
    let to = window.output;
    for (let channel = 0; channel < inChannels * inStride; channel += inStride, to += outStride) {
      let sum = 0;
      for (let index = 0; index < count; index++) sum += x[(offsets[index] as number) + channel] as number;
      y[to] = sum / count;
    }
  }
}
