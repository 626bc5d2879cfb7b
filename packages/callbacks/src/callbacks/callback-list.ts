import type {
  CallbackHooks,
  CallbackParams,
  HookName,
  Logs,
  PredictBatchLogs,
} from '../contract/callback-hooks.js';
import { isKeepfitError, KeepfitError } from '../contract/keepfit-error.js';
import { formatValue } from '../checks/format-value.js';
import type { StateRecord } from '../contract/state.js';
import type { TrainerView } from '../contract/trainer-view.js';

/** The state of one callback in a checkpoint: its owner is the `ordinal`-th callback of that name, from 0. */
export interface OwnedState extends StateRecord {
  readonly name: string;
  readonly ordinal: number;
  readonly state: StateRecord;
}

/**
 * Runs a list of callbacks as one, in any training loop: call each method where its hook belongs, and await it.
 *
 * ```ts
 * const callbacks = new CallbackList([new History(), { onEpochEnd: (epoch, logs) => console.log(epoch, logs) }]);
 * callbacks.setParams({ epochs: 1, steps: null, verbose: 0 });
 * await callbacks.onTrainBegin();
 * await callbacks.onEpochBegin(0);
 * await callbacks.onEpochEnd(0, { loss: 0.5 });
 * await callbacks.onTrainEnd();
 * ```
 *
 * Callbacks run in list order, each awaited before the next; those that are `outermost` begin before and end after the others.
 * An error thrown in a hook rejects with KEEPFIT_HOOK_FAILED and the original as `cause`; errors of keepfit pass unchanged.
 */
export class CallbackList {
  readonly callbacks: readonly CallbackHooks[];
  /** The most that any callback asks for; see `CallbackHooks.batchLogs`. */
  readonly batchLogs: boolean | 'latest';
  readonly #outermostFirst: readonly CallbackHooks[];
  readonly #outermostLast: readonly CallbackHooks[];
  #orphans: OwnedState[] = [];

  /** @throws KEEPFIT_INVALID_OPTION for what is no callback, stands twice in the list, or has state but no name. */
  constructor(callbacks: readonly CallbackHooks[]) {
    callbacks.forEach(checkCallback);
    this.callbacks = [...callbacks];
    const outermost = callbacks.filter((callback) => callback.outermost);
    const others = callbacks.filter((callback) => !callback.outermost);
    this.#outermostFirst = [...outermost, ...others];
    this.#outermostLast = [...others, ...outermost];
    const wanted = callbacks.map(wantedBatchLogs);
    this.batchLogs = wanted.includes(true) || (wanted.includes('latest') ? 'latest' : false);
  }

  setModel(model: TrainerView): void {
    for (const callback of this.callbacks) callback.setModel?.(model);
  }

  setParams(params: CallbackParams): void {
    for (const callback of this.callbacks) callback.setParams?.(params);
  }

  onTrainBegin(logs: Logs = {}): Promise<void> {
    return this.#call('onTrainBegin', this.#outermostFirst, logs);
  }

  onTrainEnd(logs: Logs = {}): Promise<void> {
    return this.#call('onTrainEnd', this.#outermostLast, logs);
  }

  onEpochBegin(epoch: number, logs: Logs = {}): Promise<void> {
    return this.#call('onEpochBegin', this.callbacks, epoch, logs);
  }

  onEpochEnd(epoch: number, logs: Logs = {}): Promise<void> {
    return this.#call('onEpochEnd', this.callbacks, epoch, logs);
  }

  onTrainBatchBegin(batch: number, logs: Logs = {}): Promise<void> {
    return this.#call('onTrainBatchBegin', this.callbacks, batch, logs);
  }

  onTrainBatchEnd(batch: number, logs: Logs = {}): Promise<void> {
    return this.#call('onTrainBatchEnd', this.callbacks, batch, logs);
  }

  onTestBegin(logs: Logs = {}): Promise<void> {
    return this.#call('onTestBegin', this.callbacks, logs);
  }

  onTestEnd(logs: Logs = {}): Promise<void> {
    return this.#call('onTestEnd', this.callbacks, logs);
  }

  onTestBatchBegin(batch: number, logs: Logs = {}): Promise<void> {
    return this.#call('onTestBatchBegin', this.callbacks, batch, logs);
  }

  onTestBatchEnd(batch: number, logs: Logs = {}): Promise<void> {
    return this.#call('onTestBatchEnd', this.callbacks, batch, logs);
  }

  onPredictBegin(logs: Logs = {}): Promise<void> {
    return this.#call('onPredictBegin', this.callbacks, logs);
  }

  onPredictEnd(logs: Logs = {}): Promise<void> {
    return this.#call('onPredictEnd', this.callbacks, logs);
  }

  onPredictBatchBegin(batch: number, logs: Logs = {}): Promise<void> {
    return this.#call('onPredictBatchBegin', this.callbacks, batch, logs);
  }

  onPredictBatchEnd(batch: number, logs: PredictBatchLogs): Promise<void> {
    return this.#call('onPredictBatchEnd', this.callbacks, batch, logs);
  }

  onBackup(): Promise<void> {
    return this.#call('onBackup', this.callbacks);
  }

  /** The state of every callback that has one, and what was restored without finding its owner. */
  getState(): OwnedState[] {
    const owned = this.#stateful().map(({ callback, name, ordinal }) => ({
      name,
      ordinal,
      state: stateOf(callback),
    }));
    return [...owned, ...this.#orphans];
  }

  /** Gives each saved state to its owner. States without one are kept for later checkpoints and returned. */
  async setState(states: readonly OwnedState[]): Promise<readonly OwnedState[]> {
    const unclaimed = new Set(states);
    for (const { callback, name, ordinal } of this.#stateful()) {
      const saved = states.find((state) => state.name === name && state.ordinal === ordinal);
      if (saved === undefined) continue;
      unclaimed.delete(saved);
      await attempt(callback, 'setState', () => callback.setState?.(saved.state));
    }
    this.#orphans = [...unclaimed];
    return this.#orphans;
  }

  async #call(hook: HookName, callbacks: readonly CallbackHooks[], ...args: unknown[]): Promise<void> {
    for (const callback of callbacks) {
      const run = hookOf(callback, hook);
      if (run === undefined) continue;
      await attempt(callback, hook, () => run.apply(callback, args));
    }
  }

  #stateful(): { callback: CallbackHooks; name: string; ordinal: number }[] {
    const counts = new Map<string, number>();
    return this.callbacks.flatMap((callback) => {
      if (callback.getState === undefined || callback.name === undefined) return [];
      const ordinal = counts.get(callback.name) ?? 0;
      counts.set(callback.name, ordinal + 1);
      return [{ callback, name: callback.name, ordinal }];
    });
  }
}

type AnyHook = (...args: unknown[]) => unknown;

function hookOf(callback: CallbackHooks, hook: HookName): AnyHook | undefined {
  if (hook === 'onTrainBatchBegin')
    return (callback.onTrainBatchBegin ?? callback.onBatchBegin) as AnyHook | undefined;
  if (hook === 'onTrainBatchEnd')
    return (callback.onTrainBatchEnd ?? callback.onBatchEnd) as AnyHook | undefined;
  return callback[hook] as AnyHook | undefined;
}

function wantedBatchLogs(callback: CallbackHooks): boolean | 'latest' {
  const reads = callback.onTrainBatchEnd ?? callback.onBatchEnd ?? callback.onTestBatchEnd;
  return callback.batchLogs ?? reads !== undefined;
}

async function attempt(callback: CallbackHooks, member: string, run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw failure(callback, member, error);
  }
}

function stateOf(callback: CallbackHooks): StateRecord {
  try {
    return callback.getState?.() ?? {};
  } catch (error) {
    throw failure(callback, 'getState', error);
  }
}

function failure(callback: CallbackHooks, member: string, cause: unknown): unknown {
  if (isKeepfitError(cause)) return cause;
  const reason = cause instanceof Error ? cause.message : formatValue(cause);
  return new KeepfitError(
    'KEEPFIT_HOOK_FAILED',
    `${member} of the callback ${nameOf(callback)} threw: ${reason}`,
    { cause },
  );
}

function nameOf(callback: CallbackHooks): string {
  const className = callback.constructor?.name;
  return (
    callback.name ??
    (className === undefined || className === 'Object' ? '(a plain object without a name)' : className)
  );
}

function checkCallback(callback: unknown, index: number, all: readonly unknown[]): void {
  const place = `callbacks[${index}]`;
  if (typeof callback !== 'object' || callback === null || Array.isArray(callback)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${place} must be an object with hooks such as onEpochEnd, not ${formatValue(callback)}`,
    );
  }
  const first = all.indexOf(callback);
  if (first !== index) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${place} is the same object as callbacks[${first}]; give it once, or make a second one`,
    );
  }
  const { getState, name } = callback as CallbackHooks;
  if (getState !== undefined && (typeof name !== 'string' || name === '')) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${place} has getState but no name; give it a name (a string that stays the same), so that its state finds it again`,
    );
  }
}
