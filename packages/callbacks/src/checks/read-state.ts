import { KeepfitError } from '../contract/keepfit-error.js';
import type { Capture, StateRecord } from '../contract/state.js';
import type { TrainerView } from '../contract/trainer-view.js';
import { formatValue } from './format-value.js';

/**
 * The rule for one entry of a callback's state: the test, a description of valid values, and the value that
 * stands for the entry in states of an older version, which had no such entry.
 */
export type StateRule<Value> = readonly [
  isValid: (value: unknown) => value is Value,
  wanted: string,
  ifMissing?: Value,
];
export type StateRules<State> = { readonly [Key in keyof State]: StateRule<State[Key]> };

/**
 * Reads the saved state of a callback, before the callback changes anything of its own: a checkpoint is
 * untrusted bytes, and `Number('x')` would train on as NaN. Entries without a rule are left out.
 *
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when an entry is invalid, or missing without a value for that.
 */
export function readState<State extends object>(
  owner: string,
  state: StateRecord,
  rules: StateRules<State>,
): State {
  if (!isStateRecord(state)) throw createStateError(owner, `is ${formatValue(state)}, not an object`);
  const entries = Object.entries(rules as StateRules<Record<string, unknown>>).map(([key, rule]) => {
    const [isValid, wanted, ifMissing] = rule;
    const value = Object.hasOwn(state, key) ? state[key] : ifMissing;
    if (!isValid(value))
      throw createStateError(owner, `has ${formatValue(value)} as ${key}, which must be ${wanted}`);
    return [key, value];
  });
  return Object.fromEntries(entries) as State;
}

/**
 * Checks that saved weights can be given to the model: each weight is among them, in its dtype and shape.
 *
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when a weight is missing or differs.
 */
export function checkSavedWeights(owner: string, key: string, saved: Capture, model: TrainerView): void {
  const current = model.captureWeights();
  try {
    const entries = new Map(saved.entries.map((entry) => [entry.name, entry]));
    for (const { name, dtype, shape } of current.entries) {
      const entry = entries.get(name);
      if (entry?.dtype === dtype && entry.shape.join() === shape.join()) continue;
      const found = entry === undefined ? 'no' : `${entry.dtype} [${entry.shape.join(', ')}] as`;
      throw createStateError(
        owner,
        `has ${found} ${formatValue(name)} in ${key}, which must be ${dtype} [${shape.join(', ')}] as in the model`,
      );
    }
  } finally {
    current.dispose();
  }
}

function createStateError(owner: string, problem: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_CHECKPOINT_CORRUPT',
    `the checkpoint is whole, but the state of the callback ${owner} in it ${problem}. Nothing was changed; use another copy of the checkpoint, or leave ${owner} out to continue without its state`,
  );
}

/** A plain object of a state. */
export function isStateRecord(value: unknown): value is StateRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
    return false;
  return !isCapture(value);
}

export function isCapture(value: unknown): value is Capture {
  const { entries, clone, dispose } = (value ?? {}) as Partial<Capture>;
  return Array.isArray(entries) && typeof clone === 'function' && typeof dispose === 'function';
}

const isNumberOrNull = (value: unknown): value is number | null =>
  value === null || typeof value === 'number';
const isCaptureOrNull = (value: unknown): value is Capture | null => value === null || isCapture(value);

/** A monitored value may be NaN or infinite. */
export const BEST: StateRule<number | null> = [isNumberOrNull, 'a number, or null if there is none'];
export const COUNT: StateRule<number> = [
  (value): value is number => Number.isSafeInteger(value) && (value as number) >= 0,
  'an integer of at least 0',
];
export const WEIGHTS: StateRule<Capture | null> = [
  isCaptureOrNull,
  'captured weights, or null if there are none',
];
/** Empty in states from before it was saved. */
export const TEXT: StateRule<string> = [
  (value): value is string => typeof value === 'string',
  'a string',
  '',
];
