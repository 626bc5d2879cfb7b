import { checkKey } from '../checks/check-key.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import { formatValue } from '../checks/format-value.js';

const PLACEHOLDER = /\{([^{}:]+)(?::([^{}]*))?\}/g;
const INTEGER_FORMAT = /^0?(\d*)d$/;
const DECIMAL_FORMAT = /^\.(\d{1,2})f$/;

/**
 * A store's key with placeholders in the style of Python: `epoch-{epoch:02d}-{val_loss:.4f}`. A value without
 * a format is written in full.
 */
export class KeyPattern {
  /** The names of the required values. */
  readonly names: readonly string[];
  /** The key that patterns share if they differ only in their placeholders. */
  readonly common: string;
  readonly #pattern: string;

  /** @throws KEEPFIT_INVALID_OPTION when no value could make it a key. */
  constructor(pattern: string, option: string) {
    const places = [...pattern.matchAll(PLACEHOLDER)];
    for (const [place, , format] of places) {
      if (format === undefined || INTEGER_FORMAT.test(format) || DECIMAL_FORMAT.test(format)) continue;
      throw new KeepfitError(
        'KEEPFIT_INVALID_OPTION',
        `the format in ${place} of ${option} must be like "02d" or ".4f"`,
      );
    }
    this.common = checkKey(pattern.replace(PLACEHOLDER, '0'), `${option}, with its placeholders filled,`);
    this.#pattern = pattern;
    this.names = places.map(([, name = '']) => name);
  }

  toString(): string {
    return this.#pattern;
  }

  /** @throws KEEPFIT_INVALID_OPTION when a value is missing or the result is not a key. */
  fill(values: Readonly<Record<string, number>>): string {
    const key = this.#pattern.replace(PLACEHOLDER, (place: string, name: string, format?: string) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value !== undefined) return formatNumber(value, format);
      const known = Object.keys(values).join(', ');
      throw new KeepfitError(
        'KEEPFIT_INVALID_OPTION',
        `${place} in ${formatValue(this.#pattern)} has no value here; the values are ${known}`,
      );
    });
    return checkKey(key, `the key made of ${formatValue(this.#pattern)}`);
  }
}

function formatNumber(value: number, format: string | undefined): string {
  const [, digits] = INTEGER_FORMAT.exec(format ?? '') ?? [];
  const [, decimals] = DECIMAL_FORMAT.exec(format ?? '') ?? [];
  const text = decimals === undefined ? String(value) : value.toFixed(Number(decimals));
  // A key has neither capitals (NaN) nor a plus sign (1e+21).
  return text
    .padStart(Number(digits ?? 0), '0')
    .toLowerCase()
    .replace('+', '');
}
