import type { Values } from './values.js';

/** Each number changed by itself. */
export function mapped({ shape, data }: Values, change: (value: number) => number): Values {
  return { shape, data: data.map(change) };
}
