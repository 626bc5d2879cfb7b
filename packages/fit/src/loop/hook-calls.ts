import { type HookName, KeepfitError } from '@keepfit/callbacks';

/** Hooks in which other weights would mix two models in one result, or depend on when a backup is made. */
const WITHOUT_CHANGES: readonly HookName[] = [
  'onTestBatchBegin',
  'onTestBatchEnd',
  'onPredictBatchBegin',
  'onPredictBatchEnd',
  'onBackup',
];

/**
 * The calls of a run's view that need the training to stand still: they are possible while a hook runs, and the
 * run continues when they have ended, whether or not the hook awaits them.
 */
export class HookCalls {
  readonly #running = new Set<Promise<unknown>>();
  #hook: HookName | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** Runs a hook, unless the run has failed, then waits for the calls that it made. */
  readonly around = async (hook: HookName, run: () => Promise<void>): Promise<void> => {
    this.#throwFailure();
    this.#hook = hook;
    try {
      await run();
    } finally {
      while (this.#running.size > 0) await Promise.allSettled(this.#running);
      this.#hook = undefined;
    }
    this.#throwFailure();
  };

  /**
   * Runs a call of the view.
   *
   * @throws KEEPFIT_INVALID_STATE when no hook is running.
   */
  run<T>(member: string, work: () => Promise<T>): Promise<T> {
    this.#requireHook(member);
    const call = work();
    this.#running.add(call);
    const end = () => void this.#running.delete(call);
    call.then(end, end);
    return call;
  }

  /**
   * Checks that the running hook may change the model.
   *
   * @throws KEEPFIT_INVALID_STATE when no hook is running, or one that must not change it.
   */
  checkChange(member: string): void {
    const hook = this.#requireHook(member);
    if (!WITHOUT_CHANGES.includes(hook)) return;
    const reason =
      hook === 'onBackup'
        ? 'a training must not depend on when it is backed up'
        : 'the result would mix two models; call it when all batches begin or end, in onTestBegin or onTestEnd';
    throw new KeepfitError(
      'KEEPFIT_INVALID_STATE',
      `model.${member} of a callback was called in ${hook}: ${reason}`,
    );
  }

  /** Ends the run after the hook that runs, if one does, even if it catches the error. The first error counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #requireHook(member: string): HookName {
    if (this.#hook !== undefined) return this.#hook;
    throw new KeepfitError(
      'KEEPFIT_INVALID_STATE',
      `model.${member} of a callback was called while no hook of its run is running: call it in a hook, and await it there; ` +
        'outside a run, use the trainer or the model itself',
    );
  }
}
