import { KeepfitError } from '../contract/keepfit-error.js';
import { formatValue } from './format-value.js';

const KEY = /^[a-z0-9][a-z0-9._-]{0,100}$/;

/**
 * Returns the key if every store can keep it: lower-case letters, digits, dot, underscore and hyphen, the
 * first a letter or digit, at most 101 characters. Such a name is safe as a file name: no traversal, no names
 * that differ only in case, no Unicode.
 *
 * @param option The name of the option that holds the key, for the message. @default 'key'
 * @throws KEEPFIT_INVALID_OPTION when the key is not valid.
 */
export function checkKey(key: string, option = 'key'): string {
  if (isKey(key)) return key;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${option} must be 1 to 101 characters of a-z, 0-9, ".", "_", "-", beginning with a letter or digit, not ${formatValue(key)}`,
  );
}

/** Whether every store can keep this key. */
export function isKey(value: unknown): value is string {
  return typeof value === 'string' && KEY.test(value);
}
