import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import { formatValue } from './format-value.js';
import { suggestName } from './suggest-name.js';

/** For each option, the test that a given value must pass, and a description of valid values. */
export type OptionRules<Options> = { readonly [Name in keyof Required<Options>]: OptionRule };
export type OptionRule = readonly [isValid: (value: unknown) => boolean, wanted: string];

/**
 * Checks options at the door. The error names the option, the value received and how to fix it. An option
 * that is left out, or undefined, passes. `owner` is for the message: `fit`, `BackupAndRestore`.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function checkOptions<Options extends object>(
  owner: string,
  options: Options,
  rules: OptionRules<Options>,
): void {
  checkIsOptions(owner, options);
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name as keyof Options] : undefined;
    if (rule === undefined) {
      const known = Object.keys(rules);
      throw new KeepfitError(
        'KEEPFIT_INVALID_OPTION',
        `${owner} has no option ${JSON.stringify(name)}; it has ${known.join(', ')}${suggestName(name, known)}`,
      );
    }
    const [isValid, wanted] = rule;
    if (value !== undefined && !isValid(value)) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_OPTION',
        `${name} of ${owner} must be ${wanted}, not ${formatValue(value)}`,
      );
    }
  }
}

/**
 * Checks that all options can be read and copied as own fields. A promise or a Map has none, so that its options would
 * be ignored without a word.
 *
 * @throws KEEPFIT_INVALID_OPTION when they cannot.
 */
export function checkIsOptions(owner: string, options: unknown): asserts options is object {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw createFormError(owner, `be an object, not ${formatValue(options)}`);
  for (const name in options)
    if (!Object.hasOwn(options, name) && typeof options[name as never] !== 'function')
      throw createFormError(
        owner,
        `not inherit ${name}; spread them into one object: { ...base, ...options }`,
      );
  if (Object.keys(options).length === 0 && !isPlain(options))
    throw createFormError(owner, `be a plain object, not ${formatValue(options)}`);
}

/** Also for an object of another realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function createFormError(owner: string, rule: string): KeepfitError {
  return new KeepfitError('KEEPFIT_INVALID_OPTION', `the options of ${owner} must ${rule}`);
}

/** @throws KEEPFIT_INVALID_OPTION always. */
export function refuseOption(message: string): never {
  throw new KeepfitError('KEEPFIT_INVALID_OPTION', message);
}

export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
export const isPositiveInteger = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) > 0;
export const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

/** @throws KEEPFIT_INVALID_OPTION when the `store` given to `owner`, a callback, is not a store. */
export function checkStore(owner: string, store: CheckpointStore): void {
  const { get, set, supports, lock } = (store ?? {}) as Partial<CheckpointStore>;
  if (typeof get !== 'function' || typeof set !== 'function' || typeof supports !== 'object') {
    const message = `the store of ${owner} must be a CheckpointStore, such as memoryStore() or fsStore('runs/digits')`;
    throw new KeepfitError('KEEPFIT_INVALID_OPTION', message);
  }
  if (!supports.locking || typeof lock === 'function') return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `the store of ${owner} claims locks in \`supports.locking\`, but has no function \`lock\`, so two trainings could write one backup; add it, or set \`locking\` to false`,
  );
}
