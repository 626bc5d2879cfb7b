import { indexIn } from './index-in.js';
import { sizeOf } from './size-of.js';
import type { Values } from './values.js';

/** Values of a shape, each computed from its index. */
export function filled(shape: readonly number[], at: (index: number[], flat: number) => number): Values {
  return {
    shape,
    data: Float64Array.from({ length: sizeOf(shape) }, (_, flat) => at(indexIn(shape, flat), flat)),
  };
}
