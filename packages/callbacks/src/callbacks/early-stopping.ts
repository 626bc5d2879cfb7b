import { checkOptions, isBoolean, isCount } from '../checks/check-options.js';
import type { Logs } from '../contract/callback-hooks.js';
import type { Capture, StateRecord } from '../contract/state.js';
import { Callback } from './callback.js';
import { isAmount, Monitor, type MonitorMode, monitorRules } from './monitor.js';

export interface EarlyStoppingOptions {
  /** The log to watch. @default 'val_loss' */
  monitor?: string;
  /** A change of this or less is no improvement. @default 0 */
  minDelta?: number;
  /** How many epochs without improvement end training. Raise it where the monitored log is noisy. @default 0 */
  patience?: number;
  /** 1 says when training stopped, and which epoch's weights were restored. @default 0 */
  verbose?: 0 | 1;
  /** Whether the log should fall or rise; `'auto'` goes by the metric. @default 'auto' */
  mode?: MonitorMode;
  /** A value that has to be bettered too, or patience runs on. @default none */
  baseline?: number;
  /**
   * Put back the weights of the best epoch when training ends, by itself too. Costs the memory of one more set of weights,
   * and room for it in each checkpoint.
   *
   * @default false
   */
  restoreBestWeights?: boolean;
  /** Epochs before this one are not looked at. Raise it where training starts badly. @default 0 */
  startFromEpoch?: number;
}

/**
 * Stops training when a log has stopped improving.
 *
 * ```ts
 * new EarlyStopping({ monitor: 'val_accuracy', patience: 3, restoreBestWeights: true })
 * ```
 *
 * Remembers, also across a crash: the best value, its epoch and weights, and how long there was no better.
 */
export class EarlyStopping extends Callback {
  readonly name = 'EarlyStopping';
  /** The epoch at whose end training was stopped, from 0; 0 where it was not, for the first epoch is always the best so far. */
  stoppedEpoch = 0;
  /** The epoch of the best value, from 0. */
  bestEpoch = 0;
  /** How many epochs have passed without improvement. */
  wait = 0;
  /** The best value, or null before there is one. */
  best: number | null = null;

  readonly #options: Readonly<
    Required<Omit<EarlyStoppingOptions, 'monitor' | 'mode' | 'minDelta' | 'baseline'>>
  >;
  readonly #baseline: number | undefined;
  readonly #monitor: Monitor;
  #bestWeights: Capture | undefined;

  /** @throws KEEPFIT_INVALID_OPTION */
  constructor(options: EarlyStoppingOptions = {}) {
    super();
    checkOptions('EarlyStopping', options, {
      ...monitorRules,
      minDelta: [isAmount, 'a number of at least 0'],
      patience: [isCount, 'an integer of at least 0'],
      baseline: [(value) => Number.isFinite(value), 'a number'],
      restoreBestWeights: [isBoolean, 'true or false'],
      startFromEpoch: [isCount, 'an epoch, from 0'],
    });
    const { patience = 0, verbose = 0, restoreBestWeights = false, startFromEpoch = 0 } = options;
    this.#options = { patience, verbose, restoreBestWeights, startFromEpoch };
    this.#baseline = options.baseline;
    this.#monitor = new Monitor(
      this.name,
      options.monitor ?? 'val_loss',
      options.mode ?? 'auto',
      options.minDelta,
    );
  }

  getState(): StateRecord {
    const { wait, stoppedEpoch, bestEpoch, best } = this;
    return { wait, stoppedEpoch, bestEpoch, best, bestWeights: this.#bestWeights ?? null };
  }

  setState(state: StateRecord): void {
    this.wait = Number(state['wait']);
    this.stoppedEpoch = Number(state['stoppedEpoch']);
    this.bestEpoch = Number(state['bestEpoch']);
    this.best = state['best'] as number | null;
    this.#keep((state['bestWeights'] as Capture | null)?.clone());
  }

  onTrainBegin(): void {
    this.wait = 0;
    this.stoppedEpoch = 0;
    this.bestEpoch = 0;
    this.best = null;
    this.#keep(undefined);
    this.#monitor.reset();
    this.model.defer(() => this.#keep(undefined));
  }

  onEpochEnd(epoch: number, logs: Logs): void {
    const seen = this.#monitor.observe(logs, this.model);
    if (seen === undefined || epoch < this.#options.startFromEpoch) return;
    this.wait += 1;
    if (seen.isBetterThan(this.best)) {
      this.best = seen.value;
      this.bestEpoch = epoch;
      if (this.#options.restoreBestWeights) this.#keep(this.model.captureWeights());
      if (this.#baseline === undefined || seen.isBetterThan(this.#baseline)) this.wait = 0;
    } else if (this.wait >= this.#options.patience) {
      this.stoppedEpoch = epoch;
      this.model.stopTraining = true;
    }
  }

  async onTrainEnd(): Promise<void> {
    const { verbose, restoreBestWeights } = this.#options;
    if (verbose > 0 && this.stoppedEpoch > 0) console.log(`Epoch ${this.stoppedEpoch + 1}: early stopping`);
    if (!restoreBestWeights || this.#bestWeights === undefined) return;
    if (verbose > 0) console.log(`Restoring the weights of the best epoch, ${this.bestEpoch + 1}`);
    await this.model.restoreWeights(this.#bestWeights);
  }

  #keep(weights: Capture | undefined): void {
    this.#bestWeights?.dispose();
    this.#bestWeights = weights;
  }
}
