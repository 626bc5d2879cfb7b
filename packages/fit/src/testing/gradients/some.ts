import { filled } from './filled.js';
import type { Values } from './values.js';

/**
 * Numbers of no meaning in [low, high), no two of them alike up to about a thousand, all of them exact in single precision: multiples of
 * 1/1024. The same for the same arguments.
 */
export function some(shape: readonly number[], low = -2, high = 2, salt = 1): Values {
  const steps = Math.round((high - low) * 1024);
  // A prime, so that every step comes once in a round; odd, so that halves, as kinks like them, are not met by design.
  return filled(shape, (_, flat) => low + ((flat * 1597 + salt * 389 + 211) % steps) / 1024);
}
