import type { Values } from '../memory.js';
import { createWindow, findWindow } from './find-window.js';
import { countPositions, type Windows } from './windows.js';

/**
 * Gives each value of a window an equal share of its `dy`, as if the whole window were within the input.
 * Every kernel of tfjs does so; the gradient that keepfit registers corrects `dy` at the borders for all
 * backends.
 */
export function computeAveragePoolGradient(dy: Values, windows: Windows, dx: Float32Array): void {
  const { inChannels, input, output } = windows;
  const { channel: inStride } = input;
  const { channel: outStride } = output;
  const window = createWindow(windows);
  const { offsets } = window;
  const size = offsets.length;
  dx.fill(0);
  for (let position = 0; position < countPositions(windows); position++) {
    findWindow(windows, position, window);
    const { count } = window;
    let from = window.output;
    for (let channel = 0; channel < inChannels * inStride; channel += inStride, from += outStride) {
      const share = (dy[from] as number) / size;
      for (let index = 0; index < count; index++) {
        const at = (offsets[index] as number) + channel;
        dx[at] = (dx[at] as number) + share;
      }
    }
  }
}
