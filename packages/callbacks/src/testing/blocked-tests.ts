import type { CheckpointStore, StoreLock } from '../contract/checkpoint-store.js';
import { assertStored, assertThat } from './assertions.js';
import { blockEventLoop, type FakedTime, fakeTime } from './clock.js';
import { createBytes, createContent } from './contents.js';
import { acquireLock, assertWritesRefused } from './locks.js';
import { awaitLater, waitForTurn } from './steps.js';
import { openOther, type StoreKit, type StoreUnderTest } from './subjects.js';

/** In ms. */
const [BLOCKED, MONTH] = [300, 31 * 24 * 3_600_000];
const BYTES = createBytes(900, 1);

/**
 * A holder whose event loop is blocked, or whose clock is set, keeps its lock; or else it can write no more.
 *
 * A lease that timers renew can run out then. The kit withholds the holder's timers while another takes the
 * lock.
 */
export function testBlockedHolders(kit: StoreKit): void {
  if (!kit.supports.locking) return;
  for (const [what, ms] of [
    ['blocked', 0],
    ['suspended for a month', MONTH],
    ['blocked, and the clock is set back by a month', -MONTH],
  ] as const) {
    kit.test(`locks: a holder that is ${what} keeps its lock, or can write no more`, async (subject) => {
      const time = fakeTime();
      try {
        await testHolder(subject, time, ms);
      } finally {
        time.restore();
      }
    });
  }
}

async function testHolder(subject: StoreUnderTest, time: FakedTime, ms: number): Promise<void> {
  const { store } = subject;
  const other = await openOther(subject);
  const held = await acquireLock(store, 'backup');
  await store.set('backup', createContent(BYTES));
  await waitForTurn();
  time.block();
  // One call waits already, the other comes when the holder was silent for long.
  const early = awaitLater(tryLock(other));
  time.shift(ms);
  if (ms === 0) blockEventLoop(BLOCKED);
  const taken = [await early, await tryLock(other)].flatMap((lock) => lock ?? []);
  assertThat(taken.length < 2, 'of two takers of a lock, one at most must get it');
  if (taken.length === 0) {
    // A timer that came late may free the lock.
    time.unblock();
    await waitForTurn();
    taken.push(...[await tryLock(other)].flatMap((lock) => lock ?? []));
  }
  const [second] = taken;
  if (second === undefined) {
    await store.set('backup', createContent(BYTES));
    await held.release();
    await acquireLock(other, 'backup');
    return;
  }
  await assertWritesRefused(store, held, other);
  time.unblock();
  await waitForTurn();
  await assertWritesRefused(store, held, other);
  const next = createBytes(800, 2);
  await other.set('backup', createContent(next));
  await held.release();
  await assertStored(store, 'backup', next, 'from the second holder');
  await second.release();
}

/** Resolves to undefined if the lock has a holder. */
async function tryLock(store: CheckpointStore): Promise<StoreLock | undefined> {
  try {
    return await acquireLock(store, 'backup');
  } catch (error) {
    if ((error as { code?: unknown }).code === 'KEEPFIT_STORE_LOCKED') return undefined;
    throw error;
  }
}
