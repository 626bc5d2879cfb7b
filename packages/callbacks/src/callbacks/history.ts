import type { CallbackHooks, Logs } from '../contract/callback-hooks.js';
import type { StateRecord } from '../contract/state.js';
import type { TrainingHistory } from '../contract/trainer-view.js';

/**
 * Records each epoch's logs, as in Keras: one list a log key, each as long as there were epochs with that key.
 * `fit` returns one with the epochs that this call ended; `TrainerView.history` is one of the whole run.
 */
export class History implements CallbackHooks, TrainingHistory {
  readonly name = 'History';
  /** The epochs recorded, by their absolute numbers. */
  epoch: number[] = [];
  history: Record<string, number[]> = {};

  onEpochEnd(epoch: number, logs: Logs): void {
    this.epoch.push(epoch);
    for (const [key, value] of Object.entries(logs)) (this.history[key] ??= []).push(value);
  }

  getState(): StateRecord {
    return { epoch: [...this.epoch], history: copyOf(this.history) };
  }

  setState(state: StateRecord): void {
    this.epoch = [...(state['epoch'] as number[])];
    this.history = copyOf(state['history'] as Record<string, number[]>);
  }
}

function copyOf(history: Record<string, readonly number[]>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(history).map(([key, values]) => [key, [...values]]));
}
