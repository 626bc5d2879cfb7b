import type { Values } from '../values.js';
import { positions } from './positions.js';
import { emptyWindow, windowAt } from './window-at.js';
import type { Windows } from './windows.js';

/** A convolution of each channel with filters of its own. The filter is filterHeight × filterWidth × inChannels × multiplier. */
export function depthwiseConvolve(x: Values, filter: Values, windows: Windows, y: Float32Array): void {
  const { inChannels, outChannels, input, output } = windows;
  const multiplier = outChannels / inChannels;
  const window = emptyWindow(windows);
  const { offsets, places } = window;
  const sums = new Float64Array(outChannels);
  for (let position = 0; position < positions(windows); position++) {
    windowAt(windows, position, window);
    sums.fill(0);
    for (let index = 0; index < window.count; index++) {
      let from = offsets[index] as number;
      let weight = (places[index] as number) * outChannels;
      for (let channel = 0; channel < outChannels; from += input.channel) {
        const value = x[from] as number;
        for (const end = channel + multiplier; channel < end; channel++) {
          sums[channel] = (sums[channel] as number) + value * (filter[weight++] as number);
        }
      }
    }
    let to = window.output;
    for (let channel = 0; channel < outChannels; channel++, to += output.channel)
      y[to] = sums[channel] as number;
  }
}
