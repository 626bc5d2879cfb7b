import { isKeepfitError, KeepfitError } from '../contract/keepfit-error.js';
import { untilAborted } from '../storage/until-aborted.js';
import { timers } from '../timers.js';

/** A lock that somebody holds is asked for again after this time, in ms. */
const PAUSE = 1000;

export interface LockWait {
  /** In ms, from the first attempt. An attempt that has begun is finished. */
  readonly timeout: number;
  /** Ends the wait when aborted. */
  readonly preemption?: AbortSignal | undefined;
  /** Is told that the training waits, and who holds the lock; again if that changes. */
  readonly say: (text: string) => void;
}

type Release = () => Promise<void>;

/**
 * Takes a lock, and waits while somebody else holds it. Resolves to the function that releases it.
 *
 * @param acquire One attempt: rejects with KEEPFIT_STORE_LOCKED if somebody holds the lock.
 * @throws KEEPFIT_STORE_LOCKED when it is held until the timeout.
 * @throws KEEPFIT_INTERRUPTED when `preemption` aborts meanwhile.
 */
export async function waitForLock(acquire: () => Promise<Release>, wait: LockWait): Promise<Release> {
  const begin = timers.now();
  let attempt = acquire();
  for (let holder: string | undefined; ; attempt = attemptAgain(acquire, wait.preemption)) {
    try {
      return await attempt;
    } catch (error) {
      if (!isKeepfitError(error) || error.code !== 'KEEPFIT_STORE_LOCKED' || wait.timeout === 0) throw error;
      const left = begin + wait.timeout - timers.now();
      if (left <= 0) throw createTimeoutError(error, wait.timeout);
      if (error.message !== holder) wait.say(formatWait(error, left));
      holder = error.message;
      await pause(Math.min(PAUSE, left), wait.preemption);
    }
  }
}

/** An attempt that `preemption` ends at once. Its lock, if it comes later, is released. */
async function attemptAgain(acquire: () => Promise<Release>, preemption?: AbortSignal): Promise<Release> {
  const attempt = acquire();
  try {
    return await untilPreempted(attempt, preemption);
  } catch (error) {
    if (preemption?.aborted) attempt.then((release) => release()).catch(() => undefined);
    throw error;
  }
}

async function pause(ms: number, preemption?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof timers.setTimeout> | undefined;
  try {
    await untilPreempted(new Promise<void>((end) => (timer = timers.setTimeout(end, ms))), preemption);
  } finally {
    timers.clearTimeout(timer);
  }
}

async function untilPreempted<Result>(promise: Promise<Result>, preemption?: AbortSignal): Promise<Result> {
  if (preemption?.addEventListener === undefined) return promise;
  try {
    return await untilAborted(promise, preemption);
  } catch (error) {
    if (!preemption.aborted) throw error;
    throw new KeepfitError(
      'KEEPFIT_INTERRUPTED',
      'the training was asked to end while it waited for the lock of its checkpoint, so it did not begin, and changed nothing; run fit again to continue',
      { cause: preemption.reason },
    );
  }
}

function formatWait(locked: KeepfitError, left: number): string {
  const limit = left === Infinity ? '' : `, for up to ${Math.ceil(left / 1000)} s`;
  return `Waiting for the lock of the checkpoint${limit}: ${getReason(locked)}`;
}

function createTimeoutError(locked: KeepfitError, timeout: number): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_LOCKED',
    `waited ${timeout / 1000} s for the lock of the checkpoint (lockTimeout): ${getReason(locked)}`,
    { cause: locked },
  );
}

/** The message without its code, which is that of the error that is made of it. */
function getReason({ code, message }: KeepfitError): string {
  return message.replace(`${code}: `, '');
}
