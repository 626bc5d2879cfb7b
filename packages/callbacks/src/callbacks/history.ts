import { COUNT, isStateRecord, readState, type StateRule } from '../checks/read-state.js';
import type { CallbackHooks, LogValues } from '../contract/callback-hooks.js';
import type { StateRecord } from '../contract/state.js';
import type { TrainingHistory } from '../contract/trainer-view.js';

const EPOCHS: StateRule<readonly number[]> = [
  (value): value is readonly number[] => Array.isArray(value) && value.every(COUNT[0]),
  'a list of epochs',
];
/** A hook may have put a text into the logs: anything but a list or an object can be an entry. */
const LISTS: StateRule<Readonly<Record<string, readonly number[]>>> = [
  (value): value is Readonly<Record<string, readonly number[]>> =>
    isStateRecord(value) && Object.values(value).every((list) => Array.isArray(list) && !list.some(isNested)),
  'an object with one list of numbers for each log key',
];
/** Checkpoints of earlier versions have none. */
const INDICES: StateRule<Readonly<Record<string, readonly number[]>>> = [
  (value): value is Readonly<Record<string, readonly number[]>> =>
    isStateRecord(value) && Object.values(value).every(EPOCHS[0]),
  'an object with one list of indices for each log key that some epochs lack',
  {},
];

/**
 * Records each epoch's logs, as in Keras: one list per log key, with an entry for each epoch that had the
 * key. `fit` returns a History of the epochs that this call ended; `TrainerView.history` covers the whole
 * run.
 */
export class History implements CallbackHooks, TrainingHistory {
  readonly name = 'History';
  /** The recorded epochs, by their absolute numbers. */
  epoch: number[] = [];
  history: Record<string, number[]> = {};
  /** The index in `epoch` of each entry of a list. A key has one only if it is known. */
  #indices = new Map<string, number[]>();

  /** For each log key that some epochs lack: the indices in `epoch` of its entries. */
  get indices(): Record<string, number[]> {
    const gaps = [...this.#indices].filter(([, list]) => list.length < this.epoch.length);
    return copyLists(Object.fromEntries(gaps));
  }

  onEpochEnd(epoch: number, logs: LogValues): void {
    this.epoch.push(epoch);
    for (const [key, value] of Object.entries(logs)) {
      if (!Object.hasOwn(this.history, key)) this.#indices.set(key, []);
      (this.history[key] ??= []).push(value);
      this.#indices.get(key)?.push(this.epoch.length - 1);
    }
  }

  getState(): StateRecord {
    const { indices } = this;
    const state = { epoch: [...this.epoch], history: copyLists(this.history) };
    return Object.keys(indices).length === 0 ? state : { ...state, indices };
  }

  /** @throws KEEPFIT_CHECKPOINT_CORRUPT when the state is not one of this callback. */
  setState(state: StateRecord): void {
    const rules = { epoch: EPOCHS, history: LISTS, indices: INDICES };
    const { epoch, history, indices } = readState(this.name, state, rules);
    this.epoch = [...epoch];
    this.history = copyLists(history);
    this.#indices = new Map();
    for (const [key, { length }] of Object.entries(history)) {
      const known = length === epoch.length ? [...epoch.keys()] : getOwn(indices, key);
      if (known?.length === length) this.#indices.set(key, [...known]);
    }
  }
}

/**
 * The logs of each epoch of a history, in order. A key is left out if it is not known which epochs have it, as in
 * the history of an old checkpoint.
 */
export function listEpochs({ epoch, history, indices = {} }: TrainingHistory): EpochLogs[] {
  const epochs = epoch.map((number): EpochLogs => ({ epoch: number, logs: {} }));
  for (const [key, values] of Object.entries(history)) {
    const known = values.length === epoch.length ? [...epoch.keys()] : (getOwn(indices, key) ?? []);
    if (known.length !== values.length) continue;
    for (const [at, value] of values.entries()) {
      const entry = epochs[known[at] ?? -1];
      if (entry !== undefined) entry.logs[key] = value;
    }
  }
  return epochs;
}

export interface EpochLogs {
  readonly epoch: number;
  readonly logs: Record<string, number>;
}

function getOwn<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function copyLists(history: Readonly<Record<string, readonly number[]>>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(history).map(([key, values]) => [key, [...values]]));
}
