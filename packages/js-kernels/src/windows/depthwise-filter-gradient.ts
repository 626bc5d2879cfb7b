import type { Values } from '../values.js';
import { positions } from './positions.js';
import { emptyWindow, windowAt } from './window-at.js';
import type { Windows } from './windows.js';

/** The gradient of a depthwise convolution's filter, summed in float64. Writes every element of `dFilter`. */
export function depthwiseFilterGradient(
  x: Values,
  dy: Values,
  windows: Windows,
  dFilter: Float32Array,
): void {
  const { inChannels, outChannels, input, output } = windows;
  const multiplier = outChannels / inChannels;
  const window = emptyWindow(windows);
  const { offsets, places } = window;
  const sums = new Float64Array(dFilter.length);
  for (let position = 0; position < positions(windows); position++) {
    windowAt(windows, position, window);
    for (let index = 0; index < window.count; index++) {
      let from = offsets[index] as number;
      let at = (places[index] as number) * outChannels;
      let slope = window.output;
      for (let channel = 0; channel < inChannels; channel++, from += input.channel) {
        const value = x[from] as number;
        for (const end = at + multiplier; at < end; at++, slope += output.channel) {
          sums[at] = (sums[at] as number) + value * (dy[slope] as number);
        }
      }
    }
  }
  dFilter.set(sums);
}
