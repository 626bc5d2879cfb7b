/** Whether a value is a record, of this realm or another one: not an array, and no instance of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The prototype of all records of a realm has none itself.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * A key of an object that is not among the known ones. All keys of a record count. The keys of an instance of
 * a class, its own and inherited, count only if they look like data that would be ignored: a class has keys
 * for its own use.
 */
export function findUnknownKey(
  value: object,
  known: readonly string[],
  looksLikeData: RegExp,
): string | undefined {
  if (isPlainObject(value)) return Object.keys(value).find((key) => !known.includes(key));
  return listAllKeys(value).find((key) => !known.includes(key) && looksLikeData.test(key));
}

function listAllKeys(value: object): string[] {
  const prototype = Object.getPrototypeOf(value) as object | null;
  const own = Object.getOwnPropertyNames(value);
  return prototype === null ? own : [...own, ...listAllKeys(prototype)];
}
