import type {
  BeginLogs,
  CallbackHooks,
  CallbackParams,
  HookName,
  Logs,
  PredictBatchLogs,
} from '../contract/callback-hooks.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { TrainerView } from '../contract/trainer-view.js';
import { giveStates, listStateful, type OwnedState, type Owner, readState } from './callback-states.js';
import { listCallbacks } from './check-callback.js';
import { withHookErrors } from './hook-errors.js';

/**
 * Runs one callback or a list of them as one, in any training loop: call each method where its hook belongs, and await
 * it.
 *
 * ```ts
 * const logger = { onEpochEnd: (epoch, logs) => console.log(epoch, logs) };
 * const callbacks = new CallbackList([new History(), logger]);
 * callbacks.setParams({ epochs: 1, steps: null, verbose: 0 });
 * await callbacks.onTrainBegin();
 * await callbacks.onEpochBegin(0);
 * await callbacks.onEpochEnd(0, { loss: 0.5 });
 * await callbacks.onTrainEnd();
 * ```
 *
 * Callbacks run in list order, each awaited before the next. Callbacks that are `outermost` begin before the
 * others and end after them. An error thrown in a hook rejects with KEEPFIT_HOOK_FAILED and the original as
 * `cause`; a KeepfitError passes unchanged.
 */
export class CallbackList {
  readonly callbacks: readonly CallbackHooks[];
  /** The most that any callback requests; see `CallbackHooks.batchLogs`. */
  readonly batchLogs: boolean | 'latest';
  readonly #outermostFirst: readonly CallbackHooks[];
  readonly #outermostLast: readonly CallbackHooks[];
  readonly #around: AroundHook;
  #orphans: OwnedState[] = [];

  /**
   * @param around Runs each hook of each callback. Give it if the trainer offers something only while a hook
   * runs.
   * @throws KEEPFIT_INVALID_OPTION when an item is not a callback, is in the list twice, or has state but
   *   no name.
   */
  constructor(
    callbacks: CallbackHooks | readonly CallbackHooks[],
    around: AroundHook = (_hook, run) => run(),
  ) {
    this.#around = around;
    this.callbacks = listCallbacks(callbacks);
    const outermost = this.callbacks.filter((callback) => callback.outermost);
    const others = this.callbacks.filter((callback) => !callback.outermost);
    this.#outermostFirst = [...outermost, ...others];
    this.#outermostLast = [...others, ...outermost];
    const wanted = this.callbacks.map(getWantedBatchLogs);
    this.batchLogs = wanted.includes(true) || (wanted.includes('latest') ? 'latest' : false);
  }

  setModel(model: TrainerView): void {
    for (const callback of this.callbacks) callback.setModel?.(model);
  }

  setParams(params: CallbackParams): void {
    for (const callback of this.callbacks) callback.setParams?.(params);
  }

  onTrainBegin(logs: BeginLogs = {}): Promise<void> {
    return this.#call('onTrainBegin', this.#outermostFirst, logs);
  }

  onTrainEnd(logs: Partial<Logs> = {}): Promise<void> {
    return this.#call('onTrainEnd', this.#outermostLast, logs);
  }

  onEpochBegin(epoch: number, logs: BeginLogs = {}): Promise<void> {
    return this.#call('onEpochBegin', this.callbacks, epoch, logs);
  }

  onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    return this.#call('onEpochEnd', this.callbacks, epoch, logs);
  }

  onTrainBatchBegin(batch: number, logs: BeginLogs = {}): Promise<void> {
    return this.#call('onTrainBatchBegin', this.callbacks, batch, logs);
  }

  /** Leave out `logs` if `batchLogs` is false. */
  onTrainBatchEnd(batch: number, logs: Logs = new UnreadLogs()): Promise<void> {
    return this.#call('onTrainBatchEnd', this.callbacks, batch, logs);
  }

  onTestBegin(logs: BeginLogs = {}): Promise<void> {
    return this.#call('onTestBegin', this.callbacks, logs);
  }

  onTestEnd(logs: Logs): Promise<void> {
    return this.#call('onTestEnd', this.callbacks, logs);
  }

  onTestBatchBegin(batch: number, logs: BeginLogs = {}): Promise<void> {
    return this.#call('onTestBatchBegin', this.callbacks, batch, logs);
  }

  /** Leave out `logs` if `batchLogs` is false. */
  onTestBatchEnd(batch: number, logs: Logs = new UnreadLogs()): Promise<void> {
    return this.#call('onTestBatchEnd', this.callbacks, batch, logs);
  }

  onPredictBegin(logs: BeginLogs = {}): Promise<void> {
    return this.#call('onPredictBegin', this.callbacks, logs);
  }

  onPredictEnd(logs: BeginLogs = {}): Promise<void> {
    return this.#call('onPredictEnd', this.callbacks, logs);
  }

  onPredictBatchBegin(batch: number, logs: BeginLogs = {}): Promise<void> {
    return this.#call('onPredictBatchBegin', this.callbacks, batch, logs);
  }

  onPredictBatchEnd(batch: number, logs: PredictBatchLogs): Promise<void> {
    return this.#call('onPredictBatchEnd', this.callbacks, batch, logs);
  }

  onBackup(): Promise<void> {
    return this.#call('onBackup', this.callbacks);
  }

  /** The state of every callback that has one, and restored states that have no owner. */
  getState(): OwnedState[] {
    const owned = listStateful(this.callbacks).map(({ callback, name, ordinal }) => ({
      name,
      ordinal,
      state: readState(callback),
    }));
    return [...owned, ...this.#orphans];
  }

  /**
   * Gives each saved state to its owner: to all, or to none. If a `setState` fails, the callbacks that were
   * given a state are given their former one, from their own `getState`, and the error is thrown. Keeps states
   * without an owner for later checkpoints, and returns them.
   */
  async setState(states: readonly OwnedState[]): Promise<readonly OwnedState[]> {
    const unclaimed = new Set(states);
    const owners: Owner[] = [];
    for (const { callback, name, ordinal } of listStateful(this.callbacks)) {
      const saved = states.find((state) => state.name === name && state.ordinal === ordinal);
      if (saved === undefined) continue;
      unclaimed.delete(saved);
      owners.push({ callback, saved: saved.state });
    }
    await giveStates(owners);
    this.#orphans = [...unclaimed];
    return this.#orphans;
  }

  async #call(hook: HookName, callbacks: readonly CallbackHooks[], ...args: unknown[]): Promise<void> {
    for (const callback of callbacks) {
      const run = getHook(callback, hook);
      if (run === undefined) continue;
      await this.#around(hook, () => withHookErrors(callback, hook, () => run.apply(callback, args)));
    }
  }
}

/**
 * The logs of a batch that no callback asked for. They look empty, but reading the loss throws.
 */
class UnreadLogs implements Logs {
  [key: string]: number;

  get loss(): number {
    throw new KeepfitError(
      'KEEPFIT_INVALID_STATE',
      'logs.loss was read at the end of a batch, and no callback asks for the logs of batches; set batchLogs of the callback to true',
    );
  }
}

type AroundHook = (hook: HookName, run: () => Promise<void>) => Promise<void>;
type AnyHook = (...args: unknown[]) => unknown;

function getHook(callback: CallbackHooks, hook: HookName): AnyHook | undefined {
  if (hook === 'onTrainBatchBegin')
    return (callback.onTrainBatchBegin ?? callback.onBatchBegin) as AnyHook | undefined;
  if (hook === 'onTrainBatchEnd')
    return (callback.onTrainBatchEnd ?? callback.onBatchEnd) as AnyHook | undefined;
  return callback[hook] as AnyHook | undefined;
}

function getWantedBatchLogs(callback: CallbackHooks): boolean | 'latest' {
  const reads = callback.onTrainBatchEnd ?? callback.onBatchEnd ?? callback.onTestBatchEnd;
  return callback.batchLogs ?? reads !== undefined;
}
