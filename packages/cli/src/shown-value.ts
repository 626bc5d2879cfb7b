import type { PlainValue } from './plain-state.js';
import { printable } from './printable.js';

const LONGEST = 100;

/** A value on one line, shortened where it is long; `--json` has all of it. */
export function shownValue(value: PlainValue): string {
  const text = printable(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
