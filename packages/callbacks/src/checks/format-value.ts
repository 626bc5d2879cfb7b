import { escapeLine } from '../contract/escape-text.js';

const LONGEST = 80;

/** Formats a value for an error message, on one line, in at most 80 characters, of which each shows. */
export function formatValue(value: unknown): string {
  // A value may come from a hostile file and be huge, so that it is cut before it costs anything.
  const text = escapeLine(describeValue(value).slice(0, LONGEST + 1));
  // Half a surrogate pair does not show.
  return text.length > LONGEST ? `${text.slice(0, 77).replace(/[\ud800-\udbff]$/, '')}…` : text;
}

function describeValue(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint' || value === undefined || value === null) {
    return Object.is(value, -0) ? '-0' : String(value);
  }
  if (typeof value === 'function') return value.name ? `the function ${value.name}` : 'a function';
  if (typeof value === 'symbol') return String(value);
  return typeof value === 'object' && !isPlain(value)
    ? `a ${value.constructor?.name || Object.prototype.toString.call(value).slice(8, -1)}`
    : formatJson(value);
}

/** A value without JSON (a circular object, or a bigint) must not hide the error that shows it. */
function formatJson(value: unknown): string {
  const kind = Array.isArray(value) ? 'an array' : 'an object';
  try {
    return JSON.stringify(value, cutPart) ?? kind;
  } catch {
    return kind;
  }
}

/** Keeps only as much of a part as a message can show. */
function cutPart(_: string, part: unknown): unknown {
  if (typeof part === 'string' || Array.isArray(part)) return part.slice(0, LONGEST + 1);
  return part;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}
