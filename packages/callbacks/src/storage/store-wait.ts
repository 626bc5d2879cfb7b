import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { TrainerView } from '../contract/trainer-view.js';
import { createCheckedStore, formatCall, formatStore, type StoreCall } from './checked-store.js';
import { printWarning } from '../contract/print.js';
import { timers } from '../timers.js';
import { untilAborted } from './until-aborted.js';

/** When a program that waits for a store says so, in ms. */
const SLOW = 10_000;
/** The least time in ms that a lock gets to be released, also if the time for the store is over. */
const RELEASE = 1000;
/** The longest time of a timer, in ms: a longer one fires at once. */
const LONGEST = 2 ** 31 - 1;

/**
 * Uses a store, which may never answer: says so once, and ends the wait if `preemption` asks the training to
 * end. Create one for each fit.
 */
export class StoreWait {
  /** The store, checked: see `createCheckedStore`. After the end, no call begins but the release of a lock. */
  readonly store: CheckpointStore;
  readonly #pending = new Set<StoreCall>();
  readonly #end = new AbortController();
  readonly #preemption: AbortSignal | undefined;
  readonly #timeout: number;
  /** What is left of the timeout. Only the time in which the training waits counts. */
  #left: number;
  #hasWarned = false;

  /** @param timeout In ms: how long a training that is preempted waits for the store, all waits together. */
  constructor(store: CheckpointStore, preemption?: AbortSignal, timeout = Infinity) {
    this.store = createCheckedStore(store, this.#pending, this.#end.signal);
    this.#preemption = preemption;
    this.#timeout = timeout;
    this.#left = timeout;
  }

  /** Aborts, with the error as its reason, when the training must no longer use the store. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  /** Ends the training with the use of the store: no hook of any callback runs after it. */
  endWith(model: TrainerView): void {
    this.ended.addEventListener('abort', () => model.abort?.(this.ended.reason));
  }

  /** Ends the use of the store. The first error counts. */
  end(error: KeepfitError): void {
    this.#end.abort(error);
  }

  /**
   * Awaits one or several calls of the store.
   *
   * @throws KEEPFIT_STORE_FAILED when a preempted training has waited for too long.
   */
  during<Result>(calls: Promise<Result>): Promise<Result> {
    return this.#await(calls, this.#end, 0);
  }

  /** As `during`, for the release of a lock, which is due also after the end. */
  duringRelease(call: Promise<void>): Promise<void> {
    return this.#await(call, new AbortController(), RELEASE);
  }

  async #await<Result>(calls: Promise<Result>, end: AbortController, least: number): Promise<Result> {
    const slow = this.#hasWarned ? undefined : timers.setTimeout(() => this.#warn(), SLOW);
    const preemption = this.#preemption;
    let limit: ReturnType<typeof timers.setTimeout> | undefined;
    let from: number | undefined;
    const startLimit = (): void => {
      from = timers.now();
      const ms = Math.max(this.#left, least);
      if (ms <= LONGEST) limit = timers.setTimeout(() => end.abort(this.#createGivenUp()), ms);
    };
    if (preemption?.aborted) startLimit();
    else preemption?.addEventListener?.('abort', startLimit);
    try {
      return await untilAborted(calls, end.signal);
    } finally {
      timers.clearTimeout(slow);
      timers.clearTimeout(limit);
      preemption?.removeEventListener?.('abort', startLimit);
      if (from !== undefined) this.#left -= timers.now() - from;
    }
  }

  #warn(): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const isLock = this.#findPending()?.operation === 'lock';
    const reason = isLock ? '. The lease of a killed holder must end first' : '';
    printWarning(
      `keepfit: waited ${SLOW / 1000} s so far for ${this.#formatPending()}, and continues when it answers${reason}. If it never does, look at the place of the store: its disk, network or quota`,
    );
  }

  #createGivenUp(): KeepfitError {
    const { operation } = this.#findPending() ?? {};
    const unknown = operation === undefined ? '' : `. ${UNKNOWN[operation]}`;
    return new KeepfitError(
      'KEEPFIT_STORE_FAILED',
      `the training was asked to end, but ${this.#formatPending()} has not answered for ${this.#timeout / 1000} s, so the training ended without it${unknown}. If the store is slow, raise preemptionTimeout; else look at its disk, network or quota`,
      { cause: this.#preemption?.reason },
    );
  }

  #formatPending(): string {
    const call = this.#findPending();
    return call === undefined ? formatStore(this.store) : formatCall(this.store, call);
  }

  #findPending(): StoreCall | undefined {
    return [...this.#pending].at(-1);
  }
}

/** What nobody knows of a call that never settled. */
const UNKNOWN: Readonly<Record<StoreCall['operation'], string>> = {
  get: 'The checkpoint is unchanged',
  keys: 'The checkpoint is unchanged',
  lock: 'The checkpoint is unchanged',
  set: 'It is not known whether the checkpoint is still the old one or already the new one',
  delete: 'It is not known whether the checkpoint is deleted',
  release: 'The lock may still be held',
};
