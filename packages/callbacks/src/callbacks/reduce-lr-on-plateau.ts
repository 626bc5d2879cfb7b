import { checkOptions } from '../checks/check-options.js';
import { BEST, COUNT, readState } from '../checks/read-state.js';
import type { StateRecord } from '../contract/state.js';
import { Callback } from './callback.js';
import { checkRateIsSettable } from './check-rate-is-settable.js';
import {
  Monitor,
  type MonitorMode,
  monitorRules,
  NUMBER,
  savedMonitorRules,
  WHOLE_NUMBER,
} from './monitor.js';
import { printText } from '../contract/print.js';

export interface ReduceLROnPlateauOptions {
  /** The log to watch. @default 'val_loss' */
  readonly monitor?: string;
  /** The factor for the learning rate, from 0 to below 1; 0 sets it to `minLr`. @default 0.1 */
  readonly factor?: number;
  /** How many epochs without improvement reduce the learning rate; 1 at least. @default 10 */
  readonly patience?: number;
  /** 1 logs when the learning rate is reduced. @default 0 */
  readonly verbose?: 0 | 1;
  /** Whether the log should fall or rise; `'auto'` depends on the metric. @default 'auto' */
  readonly mode?: MonitorMode;
  /** A change of this size or less is not an improvement. Its sign does not matter. @default 1e-4 */
  readonly minDelta?: number;
  /** How many epochs after a reduction are not counted. Below 0 it is 0. @default 0 */
  readonly cooldown?: number;
  /** The lower limit of the learning rate. Below 0 there is none. @default 0 */
  readonly minLr?: number;
}

/**
 * Reduces the learning rate when a log has stopped improving, and adds `learning_rate`, as it was in the
 * epoch, to the epoch's logs.
 *
 * ```ts
 * new ReduceLROnPlateau({ monitor: 'val_loss', factor: 0.2, patience: 5, minLr: 1e-5 })
 * ```
 *
 * If the optimizer has a schedule, which gives the rate, `onTrainBegin` throws KEEPFIT_INVALID_OPTION.
 *
 * Remembers, also across a crash: the best value, the number of epochs since, and the rest of the cooldown.
 */
export class ReduceLROnPlateau extends Callback {
  override readonly name = 'ReduceLROnPlateau';
  /** The best value; undefined before there is one. */
  best: number | undefined;
  /** How many epochs have passed without improvement. */
  wait = 0;
  /** How many epochs of the cooldown are left. */
  cooldownCounter = 0;

  readonly #options: Readonly<Required<Omit<ReduceLROnPlateauOptions, 'monitor' | 'mode' | 'minDelta'>>>;
  readonly #monitor: Monitor;

  /** @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid. */
  constructor(options: ReduceLROnPlateauOptions = {}) {
    super();
    checkOptions('ReduceLROnPlateau', options, {
      ...monitorRules,
      factor: [
        (value) => typeof value === 'number' && value >= 0 && value < 1,
        'a number of at least 0 and below 1',
      ],
      patience: WHOLE_NUMBER,
      minDelta: NUMBER,
      cooldown: WHOLE_NUMBER,
      minLr: NUMBER,
    });
    const { factor = 0.1, patience = 10, verbose = 0, cooldown = 0, minLr = 0 } = options;
    this.#options = { factor, patience, verbose, cooldown: Math.max(cooldown, 0), minLr };
    this.#monitor = new Monitor(
      this.name,
      options.monitor ?? 'val_loss',
      options.mode ?? 'auto',
      options.minDelta ?? 1e-4,
    );
  }

  override getState(): StateRecord {
    const { best = null, wait, cooldownCounter } = this;
    return { best, wait, cooldownCounter, ...this.#monitor.describe() };
  }

  /** @throws KEEPFIT_CHECKPOINT_CORRUPT when the state is not one of this callback. */
  override setState(state: StateRecord): void {
    const rules = { best: BEST, wait: COUNT, cooldownCounter: COUNT, ...savedMonitorRules };
    const saved = readState(this.name, state, rules);
    const { best, wait, cooldownCounter } = saved;
    const isComparable = this.#monitor.isComparable(saved, this.model);
    this.best = (isComparable ? best : null) ?? undefined;
    this.wait = isComparable ? wait : 0;
    // The rate was reduced, whatever was monitored.
    this.cooldownCounter = cooldownCounter;
    if (!isComparable && best !== null)
      this.#monitor.warnOfChange(saved, 'the best value and the epochs since begin');
  }

  override onTrainBegin(): void {
    checkRateIsSettable(this.name, this.model);
    this.best = undefined;
    this.wait = 0;
    this.cooldownCounter = 0;
    this.#monitor.reset();
  }

  override onEpochEnd(epoch: number, logs: Record<string, number>): void {
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
    // Compare in float32: an optimizer may have rounded the rate.
    if (Math.fround(before) <= Math.fround(minLr)) return;
    const reduced = Math.max(before * factor, minLr);
    this.model.learningRate = reduced;
    this.cooldownCounter = cooldown;
    this.wait = 0;
    if (verbose > 0)
      printText(`\nEpoch ${epoch + 1}: ReduceLROnPlateau reduces the learning rate to ${reduced}.`);
  }
}
