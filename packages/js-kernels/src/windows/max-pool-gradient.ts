import type { Values } from '../memory.js';
import { createWindow, findWindow } from './find-window.js';
import { countPositions, type Windows } from './windows.js';

/** Adds each `dy` to the value that its window took: the first of the greatest, or the first NaN. */
export function computeMaxPoolGradient(x: Values, dy: Values, windows: Windows, dx: Float32Array): void {
  const { inChannels, input, output } = windows;
  const { channel: inStride } = input;
  const { channel: outStride } = output;
  const window = createWindow(windows);
  const { offsets } = window;
  dx.fill(0);
  for (let position = 0; position < countPositions(windows); position++) {
    findWindow(windows, position, window);
    const { count } = window;
    if (count === 0) continue;
    let from = window.output;
    for (let channel = 0; channel < inChannels * inStride; channel += inStride, from += outStride) {
      let place = (offsets[0] as number) + channel;
      let greatest = x[place] as number;
      for (let index = 1; index < count; index++) {
        const at = (offsets[index] as number) + channel;
        const value = x[at] as number;
        if (value > greatest || (value !== value && greatest === greatest)) {
          greatest = value;
          place = at;
        }
      }
      dx[place] = (dx[place] as number) + (dy[from] as number);
    }
  }
}
