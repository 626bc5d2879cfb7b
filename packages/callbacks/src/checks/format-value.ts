/** Formats a value for an error message, in at most 80 characters. */
export function formatValue(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint' || value === undefined || value === null) {
    return Object.is(value, -0) ? '-0' : String(value);
  }
  if (typeof value === 'function') return value.name ? `the function ${value.name}` : 'a function';
  if (typeof value === 'symbol') return String(value);
  const text =
    typeof value === 'object' && !isPlain(value)
      ? `a ${value.constructor?.name || Object.prototype.toString.call(value).slice(8, -1)}`
      : formatJson(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
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
