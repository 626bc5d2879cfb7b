import type { Values } from '../values.js';
import { positions } from './positions.js';
import { emptyWindow, windowAt } from './window-at.js';
import type { Windows } from './windows.js';

/** The greatest value of each window; not a number where the window holds one, so that a diverged model shows. */
export function maxPool(x: Values, windows: Windows, y: Float32Array): void {
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
      let greatest = count > 0 ? (x[(offsets[0] as number) + channel] as number) : -Infinity;
      for (let index = 1; index < count; index++) {
        const value = x[(offsets[index] as number) + channel] as number;
        if (value > greatest || value !== value) greatest = value;
      }
      y[to] = greatest;
    }
  }
}
