import type { Values } from '../values.js';
import { positions } from './positions.js';
import { emptyWindow, windowAt } from './window-at.js';
import type { Windows } from './windows.js';

/** The gradient of a depthwise convolution's input. Writes every element of `dx`. */
export function depthwiseInputGradient(dy: Values, filter: Values, windows: Windows, dx: Float32Array): void {
  const { inChannels, outChannels, input, output } = windows;
  const multiplier = outChannels / inChannels;
  const window = emptyWindow(windows);
  const { offsets, places } = window;
  dx.fill(0);
  for (let position = 0; position < positions(windows); position++) {
    windowAt(windows, position, window);
    for (let index = 0; index < window.count; index++) {
      let to = offsets[index] as number;
      let weight = (places[index] as number) * outChannels;
      let slope = window.output;
      for (let channel = 0; channel < inChannels; channel++, to += input.channel) {
        let sum = 0;
        for (const end = weight + multiplier; weight < end; weight++, slope += output.channel) {
          sum += (filter[weight] as number) * (dy[slope] as number);
        }
        dx[to] = (dx[to] as number) + sum;
      }
    }
  }
}
