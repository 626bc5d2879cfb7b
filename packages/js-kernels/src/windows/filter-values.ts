import type { Windows } from './windows.js';

/** Values in a window: the rows of the filter, seen as a matrix with a column for each output channel. */
export function filterValues(windows: Windows): number {
  return windows.filterDepth * windows.filterHeight * windows.filterWidth * windows.inChannels;
}
