import type { OptionRule } from '../checks/check-options.js';
import { type StateRules, TEXT } from '../checks/read-state.js';
import type { LogValues } from '../contract/callback-hooks.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { StateRecord } from '../contract/state.js';
import type { TrainerView } from '../contract/trainer-view.js';
import { printWarning } from '../contract/print.js';

/**
 * Whether smaller or larger values of the monitored log are better. `'auto'` asks the trainer, which may know
 * the metric, and otherwise goes by the log's name.
 */
export type MonitorMode = 'auto' | 'min' | 'max';

/** An observed value. */
export interface Observation {
  readonly value: number;
  /**
   * Whether the value beats a reference by more than `minDelta`. Any number beats undefined and NaN; NaN beats
   * nothing.
   */
  isBetterThan(reference: number | undefined): boolean;
}

/** What a state keeps of a monitor: a best value means nothing for another log, nor in the other direction. */
export interface SavedMonitor extends StateRecord {
  /** Empty in states from before it was saved. */
  readonly monitor: string;
  readonly mode: MonitorMode;
}

const NAMES_THAT_FALL =
  /(^|_)(loss|mse|mae|mape|msle|rmse|perplexity|log_?cosh)$|error|entropy|hinge|divergence/;
const NAMES_THAT_RISE = /^(acc|auc|precision|recall|f1)|(acc|accuracy|auc|precision|recall|f1)$/;

/**
 * Finds the log that a callback watches, and knows which direction is better.
 *
 * Warns once per fit if the log is missing, and names the existing ones. Accepts `acc` for `accuracy` and the
 * other way round, with a hint.
 */
export class Monitor {
  readonly #owner: string;
  readonly #key: string;
  readonly #mode: MonitorMode;
  readonly #minDelta: number;
  readonly #ifMissing: string;
  #hasWarned = false;
  #hasWarnedOfChange = false;

  /**
   * @param minDelta Its sign does not matter, as in Keras.
   * @param ifMissing The end of the warning: what the owner does in an epoch without the log.
   */
  constructor(owner: string, key: string, mode: MonitorMode, minDelta = 0, ifMissing = '') {
    this.#owner = owner;
    this.#key = key;
    this.#mode = mode;
    this.#minDelta = Math.abs(minDelta);
    this.#ifMissing = ifMissing;
  }

  /** A new training begins. */
  reset(): void {
    this.#hasWarned = false;
    this.#hasWarnedOfChange = false;
  }

  /** What a state keeps, for `isComparable`. */
  describe(): SavedMonitor {
    return { monitor: this.#key, mode: this.#mode };
  }

  /** Whether the values of a saved state are of the same log, and the same direction is better. */
  isComparable({ monitor, mode }: SavedMonitor, model: TrainerView): boolean {
    if (monitor === '') return true;
    if (monitor !== this.#key && monitor !== findTwin(this.#key)) return false;
    return (
      mode === this.#mode ||
      findDirection(mode, monitor, model) === findDirection(this.#mode, this.#key, model)
    );
  }

  /**
   * Warns, once per fit, that a training does not take over what its owner remembers.
   *
   * @param remembered What begins from scratch: `its best value`.
   */
  warnOfChange(saved: SavedMonitor, remembered: string): void {
    if (this.#hasWarnedOfChange) return;
    this.#hasWarnedOfChange = true;
    const [then, now] = [saved, this.describe()].map(
      ({ monitor, mode }) => `${JSON.stringify(monitor)} in mode ${JSON.stringify(mode)}`,
    );
    printWarning(
      `${this.#owner} continues a training in which it monitored ${then}, and now monitors ${now}: ${remembered} from scratch`,
    );
  }

  /**
   * The monitored value, or undefined if it is not among the logs.
   *
   * @throws KEEPFIT_INVALID_OPTION when neither the mode, the trainer nor the name tells which direction is
   *   better.
   */
  observe(logs: LogValues, model: TrainerView): Observation | undefined {
    const key = this.#find(logs, model);
    const value = key === undefined ? undefined : logs[key];
    if (key === undefined || value === undefined) return undefined;
    const direction = this.#direction(key, model);
    return { value, isBetterThan: (reference) => this.#isBetter(value, reference, direction) };
  }

  /** Finds the item with the best value, the first of equals; undefined if none has a value, or all are NaN. */
  findBest<Item extends { readonly value: number | null }>(
    items: readonly Item[],
    model: TrainerView,
  ): Item | undefined {
    let best: Item | undefined;
    for (const item of items) {
      const { value } = item;
      if (value === null) continue;
      if (this.#isBetter(value, best?.value ?? undefined, this.#direction(this.#key, model))) best = item;
    }
    return best;
  }

  #isBetter(value: number, reference: number | undefined, direction: 'min' | 'max'): boolean {
    if (reference === undefined || Number.isNaN(reference)) return !Number.isNaN(value);
    const sign = direction === 'min' ? -1 : 1;
    const bettered = value - sign * this.#minDelta;
    // In float32, as in Keras: 0.7 does not beat 0.8 by more than 0.1.
    return sign * Math.fround(bettered) > sign * Math.fround(reference);
  }

  #find(logs: LogValues, model: TrainerView): string | undefined {
    if (Object.hasOwn(logs, this.#key)) return this.#key;
    const twin = findTwin(this.#key);
    if (twin !== undefined && Object.hasOwn(logs, twin)) {
      this.#warn(
        `${this.#owner} monitors ${JSON.stringify(this.#key)}, which is logged here as ${JSON.stringify(twin)}; it uses that`,
      );
      return twin;
    }
    const keys = Object.keys(logs).join(', ') || 'none';
    // Not used by itself: the same name may be that of another output in the next process.
    const meant = model.findLogKey?.(this.#key);
    const hint = meant === undefined ? '' : `. For this output monitor ${JSON.stringify(meant)}`;
    this.#warn(
      `${this.#owner} monitors ${JSON.stringify(this.#key)}, which is not among the logs of this epoch: ${keys}${hint}${this.#ifMissing}`,
    );
    return undefined;
  }

  #direction(key: string, model: TrainerView): 'min' | 'max' {
    const direction = findDirection(this.#mode, key, model);
    if (direction !== undefined) return direction;
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${this.#owner} cannot tell whether ${JSON.stringify(key)} should fall or rise; set mode to "min" or "max"`,
    );
  }

  #warn(message: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    printWarning(message);
  }
}

function findDirection(mode: MonitorMode, key: string, model: TrainerView): 'min' | 'max' | undefined {
  if (mode !== 'auto') return mode;
  const known = model.metricDirection?.(key);
  if (known !== undefined) return known;
  const metric = key.replace(/^val_/, '');
  if (NAMES_THAT_FALL.test(metric)) return 'min';
  return NAMES_THAT_RISE.test(metric) ? 'max' : undefined;
}

/** `acc` for `accuracy`, and the other way round. */
export function findTwin(key: string): string | undefined {
  const [, before, name] = /^(.*_)?(acc|accuracy)$/.exec(key) ?? [];
  if (name === undefined) return undefined;
  return `${before ?? ''}${name === 'acc' ? 'accuracy' : 'acc'}`;
}

const isMode = (value: unknown): value is MonitorMode =>
  value === 'auto' || value === 'min' || value === 'max';

/** The rules for a monitor in a state. */
export const savedMonitorRules: StateRules<SavedMonitor> = {
  monitor: TEXT,
  mode: [isMode, '"auto", "min" or "max"', 'auto'],
};

/** The rules for the options that all monitoring callbacks share. */
export const monitorRules: {
  readonly monitor: OptionRule;
  readonly mode: OptionRule;
  readonly verbose: OptionRule;
} = {
  monitor: [(value) => typeof value === 'string' && value !== '', 'a key of the logs, such as "val_loss"'],
  mode: [isMode, '"auto", "min" or "max"'],
  verbose: [(value) => value === 0 || value === 1, '0 or 1'],
};

/** Rules for options that Keras lets be negative, so that its programs run unchanged. */
export const NUMBER: OptionRule = [Number.isFinite, 'a number'];
export const WHOLE_NUMBER: OptionRule = [Number.isSafeInteger, 'an integer'];
/** Keras' programs give an infinite one for "none". */
export const THRESHOLD: OptionRule = [
  (value) => typeof value === 'number' && !Number.isNaN(value),
  'a number',
];
