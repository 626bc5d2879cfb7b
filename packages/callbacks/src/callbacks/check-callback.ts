import { formatValue } from '../checks/format-value.js';
import { findIntendedHook } from '../checks/find-intended-hook.js';
import { type CallbackHooks, HOOKS } from '../contract/callback-hooks.js';
import { KeepfitError } from '../contract/keepfit-error.js';

/** The hooks that a callback may have, with Keras' aliases. */
const CALLED: readonly string[] = [...HOOKS, 'onBatchBegin', 'onBatchEnd'] satisfies (keyof CallbackHooks)[];

const MEMBERS: readonly string[] = [
  ...CALLED,
  'setModel',
  'setParams',
  'getState',
  'setState',
  'name',
  'batchLogs',
  'outermost',
];

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
  if (isTfjsCallback(callback)) {
    throw createError(
      `${place} is a callback of tfjs (tf.callbacks, tf.Callback or tf.CustomCallback), which works with the fit of tfjs only; ` +
        "use keepfit's own, such as EarlyStopping, extend Callback of keepfit, or give an object with hooks such as onEpochEnd",
    );
  }
  if (isPlainObject(callback)) {
    const keys = Object.keys(callback);
    if (keys.length > 0 && !keys.some((key) => MEMBERS.includes(key)))
      throw createError(
        `${place} has no hook, so nothing would call it: it has ${keys.join(', ')}; the hooks are ${HOOKS.join(', ')}`,
      );
  }
  checkHooks(callback, place);
  const { getState, name } = callback as CallbackHooks;
  if (getState !== undefined && (typeof name !== 'string' || name === '')) {
    throw createError(
      `${place} has getState but no name; give it a name (a string that stays the same), which links it with its saved state`,
    );
  }
}

/** Checks that every hook can be called, and that nothing was meant to be a hook and is not. */
function checkHooks(callback: object, place: string): void {
  for (const key of CALLED) {
    const hook: unknown = callback[key as never];
    if (hook === undefined || typeof hook === 'function') continue;
    throw createError(
      `${key} of ${place} must be a function, not ${formatValue(hook)}; leave it out if there is none`,
    );
  }
  for (const name of listMethods(callback)) {
    if (name === 'onYield') {
      throw createError(
        `${place} has onYield of tfjs, which nothing would call; fit yields by itself (yieldEvery), so use onTrainBatchEnd`,
      );
    }
    const intended = MEMBERS.includes(name) ? undefined : findIntendedHook(name, MEMBERS);
    if (intended !== undefined)
      throw createError(
        `${place} has ${name}, which nothing would call; did you mean ${intended}? If it is no hook, give it another name`,
      );
  }
}

/** The names of its functions, its own and those of its classes. Calls no getter. */
function listMethods(callback: object): string[] {
  const names: string[] = [];
  for (
    let owner: object | null = callback;
    owner !== null && owner !== Object.prototype;
    owner = Object.getPrototypeOf(owner) as object | null
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(owner)))
      if (typeof value === 'function') names.push(name);
  }
  return names;
}

/** The methods of tfjs' BaseCallback. Its class may be minified, or come from a second copy of tfjs. */
const BY_TFJS = [
  'setParams',
  'setModel',
  'onEpochBegin',
  'onEpochEnd',
  'onBatchBegin',
  'onBatchEnd',
  'onTrainBegin',
  'onTrainEnd',
];

function isTfjsCallback(callback: object): boolean {
  if (!('validationData' in callback)) return false;
  for (
    let owner = Object.getPrototypeOf(callback) as object | null;
    owner !== null;
    owner = Object.getPrototypeOf(owner) as object | null
  ) {
    const methods = owner;
    if (BY_TFJS.every((method) => Object.hasOwn(methods, method))) return true;
  }
  return false;
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
