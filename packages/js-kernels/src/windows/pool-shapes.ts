import type { Windows } from './windows.js';

/** How a pooling finds its windows and the shape of its output. */
export type PoolShapes<Attributes> = (
  shape: readonly number[],
  attributes: Attributes,
) => { windows: Windows; outShape: number[] };
