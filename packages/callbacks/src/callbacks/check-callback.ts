import { formatValue } from '../checks/format-value.js';
import { type CallbackHooks, HOOKS } from '../contract/callback-hooks.js';
import { KeepfitError } from '../contract/keepfit-error.js';

const MEMBERS: readonly string[] = [
  ...HOOKS,
  'onBatchBegin',
  'onBatchEnd',
  'setModel',
  'setParams',
  'getState',
  'setState',
  'name',
  'batchLogs',
  'outermost',
] satisfies (keyof CallbackHooks)[];

/**
 * Lists one callback, or several, once they are checked.
 *
 * @throws KEEPFIT_INVALID_OPTION when one is not a callback, is in the list twice, or has state but no name.
 */
export function listCallbacks(callbacks: CallbackHooks | readonly CallbackHooks[]): CallbackHooks[] {
  if (!isList(callbacks)) {
    checkCallback(callbacks, 'callbacks');
    return [callbacks];
  }
  callbacks.forEach((callback, index) => {
    checkCallback(callback, `callbacks[${index}]`);
    const first = callbacks.indexOf(callback);
    if (first !== index)
      throw createError(
        `callbacks[${index}] is the same object as callbacks[${first}]; give it once, or make a second one`,
      );
  });
  return [...callbacks];
}

function isList(callbacks: CallbackHooks | readonly CallbackHooks[]): callbacks is readonly CallbackHooks[] {
  return Array.isArray(callbacks);
}

function checkCallback(callback: unknown, place: string): void {
  if (typeof callback !== 'object' || callback === null || isCollection(callback)) {
    throw createError(
      `${place} must be an object with hooks such as onEpochEnd, not ${formatValue(callback)}; several callbacks come in one array`,
    );
  }
  if (isPlainObject(callback)) {
    const keys = Object.keys(callback);
    if (keys.length > 0 && !keys.some((key) => MEMBERS.includes(key)))
      throw createError(
        `${place} has no hook, so nothing would call it: it has ${keys.join(', ')}; the hooks are ${HOOKS.join(', ')}`,
      );
  }
  const { getState, name } = callback as CallbackHooks;
  if (getState !== undefined && (typeof name !== 'string' || name === '')) {
    throw createError(
      `${place} has getState but no name; give it a name (a string that stays the same), which links it with its saved state`,
    );
  }
}

/** Whether it contains callbacks or resolves to them: an array, a Set, a promise. */
function isCollection(value: object): boolean {
  return Symbol.iterator in value || Symbol.asyncIterator in value || 'then' in value;
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function createError(message: string): KeepfitError {
  return new KeepfitError('KEEPFIT_INVALID_OPTION', message);
}
