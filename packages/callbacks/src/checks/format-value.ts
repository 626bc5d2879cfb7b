import { escapeLine } from '../contract/escape-text.js';

/** Formats a value for an error message, on one line, in at most 80 characters, of which each shows. */
export function formatValue(value: unknown): string {
  const text = escapeLine(describeValue(value));
  // Half a surrogate pair does not show.
  return text.length > 80 ? `${text.slice(0, 77).replace(/[\ud800-\udbff]$/, '')}…` : text;
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
    return JSON.stringify(value) ?? kind;
  } catch {
    return kind;
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}
