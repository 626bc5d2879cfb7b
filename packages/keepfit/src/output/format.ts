import { escapeLine, escapeText } from '@keepfit/callbacks/internal';
import { type PlainValue, toPlainValue } from '../checkpoint/plain-state.js';

/** Formats rows as lines with aligned columns, two blanks apart. The last column is not padded. */
export function formatColumns(rows: readonly (readonly string[])[], indent = '  '): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  return rows
    .map(
      (row) =>
        `${indent}${row
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

const STEPS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
] as const;

/** Formats how long ago a time was: `12 s ago`, `3 h ago`. */
export function formatAge(savedAt: string, now: number): string {
  const seconds = Math.round((now - Date.parse(savedAt)) / 1000);
  if (seconds < 0) return 'in the future, by the clock of this machine';
  const [length, unit] = STEPS.find(([step]) => seconds >= 2 * step) ?? [1, 's'];
  return `${Math.floor(seconds / length)} ${unit} ago`;
}

const UNITS = ['kB', 'MB', 'GB', 'TB'];

/** Formats a number of bytes: `512 B`, `1.3 MB`; a kB has 1000. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes / 1000;
  let unit = 0;
  // 999.95 would be printed as 1000.0.
  for (; value >= 999.95 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${value.toFixed(1)} ${UNITS[unit]}`;
}

const LONGEST = 100;
/** A name of a file from elsewhere may have millions of characters. */
const LONGEST_NAME = 1000;

/** Formats a value on one line and shortens a long one; `--json` has all of it. */
export function formatValue(value: PlainValue): string {
  const whole = typeof value === 'string' ? value : JSON.stringify(value);
  // Escapes make it longer, so what is cut here is cut below too.
  const text = escapeLine(whole.slice(0, LONGEST + 1));
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** Formats a name on one line. A legitimate one is whole, and a huge one is cut; `--json` has all of it. */
export function formatName(name: string): string {
  return escapeLine(name.slice(0, LONGEST_NAME)) + (name.length > LONGEST_NAME ? '…' : '');
}

/**
 * Formats the output of `--json`. Numbers that JSON does not have become strings (`"NaN"`, `"Infinity"`).
 * Characters that could steer a terminal are escaped, and JSON.parse gives them back.
 */
export function formatJson(value: object): string {
  const replace = (_: string, item: unknown) =>
    typeof item === 'number' ? toPlainValue(item) : (item as PlainValue);
  return `${escapeText(JSON.stringify(value, replace, 2))}\n`;
}
