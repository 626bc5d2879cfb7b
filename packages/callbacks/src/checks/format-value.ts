/** A value in the words of an error message, short. */
export function formatValue(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint' || value === undefined || value === null) {
    return Object.is(value, -0) ? '-0' : String(value);
  }
  if (typeof value === 'function') return value.name ? `the function ${value.name}` : 'a function';
  if (typeof value === 'symbol') return String(value);
  const text =
    typeof value === 'object' && !isPlain(value) ? `a ${value.constructor?.name ?? 'object'}` : jsonOf(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** What is no JSON (an object that holds itself, or a bigint) must not hide the error that it is shown in. */
function jsonOf(value: unknown): string {
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
