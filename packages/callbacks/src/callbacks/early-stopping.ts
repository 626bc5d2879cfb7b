import { checkOptions, isBoolean } from '../checks/check-options.js';
import { BEST, checkSavedWeights, COUNT, readState, type StateRules, WEIGHTS } from '../checks/read-state.js';
import type { LogValues } from '../contract/callback-hooks.js';
import type { Capture, StateRecord } from '../contract/state.js';
import { Callback } from './callback.js';
import {
  Monitor,
  type MonitorMode,
  monitorRules,
  NUMBER,
  type SavedMonitor,
  savedMonitorRules,
  THRESHOLD,
  WHOLE_NUMBER,
} from './monitor.js';
import { printText, printWarning } from '../contract/print.js';

export interface EarlyStoppingOptions {
  /** The log to watch. @default 'val_loss' */
  readonly monitor?: string;
  /** A change of this size or less is not an improvement. Its sign does not matter. @default 0 */
  readonly minDelta?: number;
  /**
   * How many epochs without improvement end training. Raise it if the monitored log is noisy. Below 0 it is 0.
   *
   * @default 0
   */
  readonly patience?: number;
  /** 1 logs when training stopped, and which epoch's weights were restored. @default 0 */
  readonly verbose?: 0 | 1;
  /** Whether the log should fall or rise; `'auto'` depends on the metric. @default 'auto' */
  readonly mode?: MonitorMode;
  /** A value that an epoch must also beat to reset `wait`. @default none */
  readonly baseline?: number;
  /**
   * Restore the weights of the best epoch whenever training ends, also without an early stop. Takes the
   * memory of one more set of weights, and space for it in each checkpoint.
   *
   * @default false
   */
  readonly restoreBestWeights?: boolean;
  /** Epochs before this one are ignored. Raise it if training starts badly. @default 0 */
  readonly startFromEpoch?: number;
}

interface SavedStop extends SavedMonitor {
  readonly wait: number;
  readonly stoppedEpoch: number;
  readonly bestEpoch: number;
  readonly best: number | null;
  readonly bestWeights: Capture | null;
}

const stateRules: StateRules<SavedStop> = {
  ...{ wait: COUNT, stoppedEpoch: COUNT, bestEpoch: COUNT, best: BEST, bestWeights: WEIGHTS },
  ...savedMonitorRules,
};

/**
 * Stops training when a log has stopped improving.
 *
 * ```ts
 * new EarlyStopping({ monitor: 'val_accuracy', patience: 3, restoreBestWeights: true })
 * ```
 *
 * Remembers, also across a crash: the best value, its epoch and weights, and the number of epochs since.
 */
export class EarlyStopping extends Callback {
  override readonly name = 'EarlyStopping';
  /**
   * The epoch after which training stopped early, from 0; 0 if it did not, because training never stops after
   * the first epoch.
   */
  stoppedEpoch = 0;
  /** The epoch of the best value, from 0. */
  bestEpoch = 0;
  /** How many epochs have passed without improvement. */
  wait = 0;
  /** The best value; undefined before there is one. */
  best: number | undefined;

  readonly #options: Readonly<
    Required<Omit<EarlyStoppingOptions, 'monitor' | 'mode' | 'minDelta' | 'baseline'>>
  >;
  readonly #baseline: number | undefined;
  readonly #monitor: Monitor;
  #bestWeights: Capture | undefined;

  /** @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid. */
  constructor(options: EarlyStoppingOptions = {}) {
    super();
    checkOptions('EarlyStopping', options, {
      ...monitorRules,
      minDelta: NUMBER,
      patience: WHOLE_NUMBER,
      baseline: THRESHOLD,
      restoreBestWeights: [isBoolean, 'true or false'],
      startFromEpoch: WHOLE_NUMBER,
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

  override getState(): StateRecord {
    const { wait, stoppedEpoch, bestEpoch, best } = this;
    const bestWeights = this.#bestWeights ?? null;
    return { wait, stoppedEpoch, bestEpoch, best: best ?? null, bestWeights, ...this.#monitor.describe() };
  }

  /** @throws KEEPFIT_CHECKPOINT_CORRUPT when the state is not one of this callback and model. */
  override setState(state: StateRecord): void {
    const saved = readState(this.name, state, stateRules);
    const { wait, stoppedEpoch, bestEpoch, best, bestWeights } = saved;
    if (bestWeights !== null) checkSavedWeights(this.name, 'bestWeights', bestWeights, this.model);
    // Without restoreBestWeights they would soon be those of another epoch than the best.
    const kept = this.#options.restoreBestWeights ? bestWeights?.clone() : undefined;
    this.#forget();
    if (this.#isOfOtherOptions(saved)) return kept?.dispose();
    this.wait = wait;
    this.stoppedEpoch = stoppedEpoch;
    this.bestEpoch = bestEpoch;
    this.best = best ?? undefined;
    this.#keep(kept);
  }

  /** Whether a state is of no use with the options of now, with a warning. */
  #isOfOtherOptions(saved: SavedStop): boolean {
    const begins = 'the best value and the epochs since begin';
    if (!this.#monitor.isComparable(saved, this.model)) {
      if (saved.best !== null) this.#monitor.warnOfChange(saved, begins);
      return true;
    }
    if (!this.#options.restoreBestWeights || saved.best === null || saved.bestWeights !== null) return false;
    printWarning(
      `EarlyStopping continues a training that kept no weights, and now has restoreBestWeights: ${begins} from scratch`,
    );
    return true;
  }

  override onTrainBegin(): void {
    this.#forget();
    this.#monitor.reset();
    this.model.defer(() => this.#keep(undefined));
  }

  override onEpochEnd(epoch: number, logs: LogValues): void {
    const seen = this.#monitor.observe(logs, this.model);
    if (seen === undefined || epoch < this.#options.startFromEpoch) return;
    const { restoreBestWeights, patience } = this.#options;
    const isBest = seen.isBetterThan(this.best);
    // As in Keras, the first weights are kept also if their value is NaN.
    if (restoreBestWeights && (isBest || this.#bestWeights === undefined))
      this.#keep(this.model.captureWeights());
    this.wait += 1;
    if (isBest) {
      this.best = seen.value;
      this.bestEpoch = epoch;
      if (this.#baseline === undefined || seen.isBetterThan(this.#baseline)) this.wait = 0;
    } else if (this.wait >= patience && epoch > 0) {
      this.stoppedEpoch = epoch;
      this.model.stopTraining = true;
    }
  }

  override async onTrainEnd(): Promise<void> {
    const { verbose, restoreBestWeights } = this.#options;
    if (verbose > 0 && this.stoppedEpoch > 0) printText(`Epoch ${this.stoppedEpoch + 1}: early stopping`);
    if (!restoreBestWeights || this.#bestWeights === undefined) return;
    if (verbose > 0) printText(`Restoring the weights of the best epoch, ${this.bestEpoch + 1}`);
    await this.model.restoreWeights(this.#bestWeights);
  }

  #forget(): void {
    this.wait = 0;
    this.stoppedEpoch = 0;
    this.bestEpoch = 0;
    this.best = undefined;
    this.#keep(undefined);
  }

  #keep(weights: Capture | undefined): void {
    this.#bestWeights?.dispose();
    this.#bestWeights = weights;
  }
}
