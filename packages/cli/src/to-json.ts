import { plainState, type PlainValue } from './plain-state.js';

/** What `--json` prints: numbers that JSON cannot say are strings (`"NaN"`, `"Infinity"`). */
export function toJson(value: object): string {
  const replace = (_: string, item: unknown) =>
    typeof item === 'number' ? plainState(item) : (item as PlainValue);
  return `${JSON.stringify(value, replace, 2)}\n`;
}
