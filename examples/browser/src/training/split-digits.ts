import type { Digits } from './read-digits.js';

/** How many digits there are in MNIST's smaller file. */
const ALL = 10_000;
/** Splits the digits. The last ones are always for tests, whatever the number of training digits. */
const TEST = 500;

export function splitDigits(
  count: number,
  read: (begin: number, end: number) => Digits,
): { training: Digits; test: Digits } {
  return { training: read(0, Math.min(count, ALL - TEST)), test: read(ALL - TEST, ALL) };
}
