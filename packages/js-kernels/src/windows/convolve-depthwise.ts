import type { Values } from '../memory.js';
import { createWindow, findWindow } from './find-window.js';
import { countPositions, type Windows } from './windows.js';

/**
 * Convolves each channel with its own filters. The filter is filterHeight × filterWidth × inChannels ×
 * multiplier.
 */
export function convolveDepthwise(x: Values, filter: Values, windows: Windows, y: Float32Array): void {
  const { inChannels, outChannels, input, output } = windows;
  const multiplier = outChannels / inChannels;
  const window = createWindow(windows);
  const { offsets, places } = window;
  const sums = new Float64Array(outChannels);
  for (let position = 0; position < countPositions(windows); position++) {
    findWindow(windows, position, window);
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
