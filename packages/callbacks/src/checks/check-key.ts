import { KeepfitError } from '../contract/keepfit-error.js';
import { formatValue } from './format-value.js';

const KEY = /^[a-z0-9][a-z0-9._-]{0,100}$/;

/**
 * Returns the key if every store can keep it: lower-case letters, digits, dot, underscore and hyphen, the first a letter or digit,
 * at most 101 characters. Such a name is safe as a file name: no traversal, no case twins, no Unicode.
 *
 * @param option What it is the key of, for the message. @default 'key'
 * @throws KEEPFIT_INVALID_OPTION
 */
export function checkKey(key: string, option = 'key'): string {
  if (typeof key === 'string' && KEY.test(key)) return key;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${option} must be 1 to 101 characters of a-z, 0-9, ".", "_", "-", beginning with a letter or digit, not ${formatValue(key)}`,
  );
}
