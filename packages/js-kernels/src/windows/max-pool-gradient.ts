import type { Values } from '../values.js';
import { positions } from './positions.js';
import { emptyWindow, windowAt } from './window-at.js';
import type { Windows } from './windows.js';

/** Adds each `dy` to the value that its window took: the first of the greatest, or the first that is not a number. */
export function maxPoolGradient(x: Values, dy: Values, windows: Windows, dx: Float32Array): void {
  const { inChannels, input, output } = windows;
  const { channel: inStride } = input;
  const { channel: outStride } = output;
  const window = emptyWindow(windows);
  const { offsets } = window;
  dx.fill(0);
  for (let position = 0; position < positions(windows); position++) {
    windowAt(windows, position, window);
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
