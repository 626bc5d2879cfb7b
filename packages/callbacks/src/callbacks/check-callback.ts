import { formatValue } from '../checks/format-value.js';
import type { CallbackHooks } from '../contract/callback-hooks.js';
import { KeepfitError } from '../contract/keepfit-error.js';

/** @throws KEEPFIT_INVALID_OPTION when it is not a callback, is in the list twice, or has state but no name. */
export function checkCallback(callback: unknown, index: number, all: readonly unknown[]): void {
  const place = `callbacks[${index}]`;
  if (typeof callback !== 'object' || callback === null || Array.isArray(callback)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${place} must be an object with hooks such as onEpochEnd, not ${formatValue(callback)}`,
    );
  }
  const first = all.indexOf(callback);
  if (first !== index) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${place} is the same object as callbacks[${first}]; give it once, or make a second one`,
    );
  }
  const { getState, name } = callback as CallbackHooks;
  if (getState !== undefined && (typeof name !== 'string' || name === '')) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${place} has getState but no name; give it a name (a string that stays the same), which links it with its saved state`,
    );
  }
}
