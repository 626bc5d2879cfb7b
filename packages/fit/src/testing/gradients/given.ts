import type { Values } from './values.js';

/** These very numbers. */
export function given(shape: readonly number[], data: readonly number[]): Values {
  return { shape, data: Float64Array.from(data) };
}
