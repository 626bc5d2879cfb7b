import { checkOptions, isCount } from '../checks/check-options.js';
import type { Logs } from '../contract/callback-hooks.js';
import type { StateRecord } from '../contract/state.js';
import { Callback } from './callback.js';
import { isAmount, Monitor, type MonitorMode, monitorRules } from './monitor.js';

export interface ReduceLROnPlateauOptions {
  /** The log to watch. @default 'val_loss' */
  monitor?: string;
  /** What the learning rate is multiplied with, above 0 and below 1. @default 0.1 */
  factor?: number;
  /** How many epochs without improvement reduce the learning rate. @default 10 */
  patience?: number;
  /** 1 says when the learning rate was reduced. @default 0 */
  verbose?: 0 | 1;
  /** Whether the log should fall or rise; `'auto'` goes by the metric. @default 'auto' */
  mode?: MonitorMode;
  /** A change of this or less is no improvement. @default 1e-4 */
  minDelta?: number;
  /** How many epochs after a reduction are not counted. @default 0 */
  cooldown?: number;
  /** The learning rate is not reduced below this. @default 0 */
  minLr?: number;
}

/**
 * Reduces the learning rate when a log has stopped improving, and adds `learning_rate`, as it was in the epoch, to the epoch's logs.
 *
 * ```ts
 * new ReduceLROnPlateau({ monitor: 'val_loss', factor: 0.2, patience: 5, minLr: 1e-5 })
 * ```
 *
 * Remembers, also across a crash: the best value, how long there was no better, and what is left of the cooldown.
 */
export class ReduceLROnPlateau extends Callback {
  readonly name = 'ReduceLROnPlateau';
  /** The best value, or null before there is one. */
  best: number | null = null;
  /** How many epochs have passed without improvement. */
  wait = 0;
  /** How many epochs of the cooldown are left. */
  cooldownCounter = 0;

  readonly #options: Readonly<Required<Omit<ReduceLROnPlateauOptions, 'monitor' | 'mode' | 'minDelta'>>>;
  readonly #monitor: Monitor;

  /** @throws KEEPFIT_INVALID_OPTION */
  constructor(options: ReduceLROnPlateauOptions = {}) {
    super();
    checkOptions('ReduceLROnPlateau', options, {
      ...monitorRules,
      factor: [(value) => isAmount(value) && value > 0 && value < 1, 'a number above 0 and below 1'],
      patience: [isCount, 'an integer of at least 0'],
      minDelta: [isAmount, 'a number of at least 0'],
      cooldown: [isCount, 'an integer of at least 0'],
      minLr: [isAmount, 'a number of at least 0'],
    });
    const { factor = 0.1, patience = 10, verbose = 0, cooldown = 0, minLr = 0 } = options;
    this.#options = { factor, patience, verbose, cooldown, minLr };
    this.#monitor = new Monitor(
      this.name,
      options.monitor ?? 'val_loss',
      options.mode ?? 'auto',
      options.minDelta ?? 1e-4,
    );
  }

  getState(): StateRecord {
    return { best: this.best, wait: this.wait, cooldownCounter: this.cooldownCounter };
  }

  setState(state: StateRecord): void {
    this.best = state['best'] as number | null;
    this.wait = Number(state['wait']);
    this.cooldownCounter = Number(state['cooldownCounter']);
  }

  onTrainBegin(): void {
    this.best = null;
    this.wait = 0;
    this.cooldownCounter = 0;
    this.#monitor.reset();
  }

  onEpochEnd(epoch: number, logs: Logs): void {
    const seen = this.#monitor.observe(logs, this.model);
    logs['learning_rate'] = this.model.learningRate;
    if (seen === undefined) return;
    if (this.cooldownCounter > 0) {
      this.cooldownCounter -= 1;
      this.wait = 0;
    }
    if (seen.isBetterThan(this.best)) {
      this.best = seen.value;
      this.wait = 0;
    } else if (this.cooldownCounter === 0) {
      this.wait += 1;
      if (this.wait >= this.#options.patience) this.#reduce(epoch);
    }
  }

  #reduce(epoch: number): void {
    const { factor, minLr, cooldown, verbose } = this.#options;
    const before = this.model.learningRate;
    // A rate may have been rounded to float32 on its way, and is then at the minimum all the same.
    if (Math.fround(before) <= Math.fround(minLr)) return;
    const reduced = Math.max(before * factor, minLr);
    this.model.learningRate = reduced;
    this.cooldownCounter = cooldown;
    this.wait = 0;
    if (verbose > 0)
      console.log(`\nEpoch ${epoch + 1}: ReduceLROnPlateau reduces the learning rate to ${reduced}.`);
  }
}
