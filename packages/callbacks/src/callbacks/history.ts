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

  onEpochEnd(epoch: number, logs: LogValues): void {
    this.epoch.push(epoch);
    for (const [key, value] of Object.entries(logs)) (this.history[key] ??= []).push(value);
  }

  getState(): StateRecord {
    return { epoch: [...this.epoch], history: copyLists(this.history) };
  }

  /** @throws KEEPFIT_CHECKPOINT_CORRUPT when the state is not one of this callback. */
  setState(state: StateRecord): void {
    const { epoch, history } = readState(this.name, state, { epoch: EPOCHS, history: LISTS });
    this.epoch = [...epoch];
    this.history = copyLists(history);
  }
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function copyLists(history: Readonly<Record<string, readonly number[]>>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(history).map(([key, values]) => [key, [...values]]));
}
