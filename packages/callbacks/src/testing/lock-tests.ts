import { assertKeys, assertStored, assertThat } from './assertions.js';
import { createBytes, createContent } from './contents.js';
import { acquireLock, assertLocked } from './locks.js';
import { openOther, type StoreKit } from './subjects.js';

/** Valid keys that begin alike, or that a store could use for its own lock. */
const KEYS = ['backup', 'backup.2', 'backup.lock', 'backup-2', 'b'];

/** A key has one holder, until it releases the lock. */
export function testLocks(kit: StoreKit): void {
  if (!kit.supports.locking) return kit.notClaimed('locks', 'supports.locking is false');
  testExclusion(kit);
  testRelease(kit);
  testUse(kit);
}

function testExclusion(kit: StoreKit): void {
  kit.test('locks: a second holder is refused', async (subject) => {
    const { store } = subject;
    const held = await acquireLock(store, 'backup');
    await assertLocked(store, 'backup');
    await assertLocked(await openOther(subject), 'backup');
    assertThat(held.lost?.aborted !== true, 'lost must not be aborted while nobody else can hold the lock');
  });
  kit.test('locks: another key is free', async ({ store }) => {
    await acquireLock(store, 'backup');
    await acquireLock(store, 'backup.2');
    await assertLocked(store, 'backup');
  });
  kit.test('locks: of several takers at once, one gets it', async (subject) => {
    const { store } = subject;
    const other = await openOther(subject);
    for (const takers of [
      [store, store, store, store, store],
      [store, other, store, other, other],
    ]) {
      const outcomes = await Promise.allSettled(takers.map((taker) => acquireLock(taker, 'backup')));
      const holders = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      assertThat(holders.length === 1, `one of 5 takers must get the lock, but ${holders.length} did`);
      await assertLocked(store, 'backup');
      await holders[0]?.release();
    }
  });
}

function testRelease(kit: StoreKit): void {
  kit.test('locks: a released key can be locked again', async (subject) => {
    const { store } = subject;
    await (await acquireLock(store, 'backup')).release();
    await acquireLock(await openOther(subject), 'backup');
    await assertLocked(store, 'backup');
  });
  kit.test('locks: a refusal does not disturb the holder', async ({ store }) => {
    const held = await acquireLock(store, 'backup');
    await assertLocked(store, 'backup');
    await assertLocked(store, 'backup');
    await held.release();
    await (await acquireLock(store, 'backup')).release();
  });
  kit.test('locks: release frees only its own lock, however often', async (subject) => {
    const { store } = subject;
    const other = await openOther(subject);
    const first = await acquireLock(store, 'backup');
    await Promise.all([first.release(), first.release()]);
    await first.release();
    for (const taker of [store, other]) {
      const second = await acquireLock(taker, 'backup');
      await first.release();
      await assertLocked(store, 'backup');
      await assertLocked(other, 'backup');
      await second.release();
    }
    await acquireLock(store, 'backup');
  });
  for (const released of KEYS) {
    kit.test(`locks: release of "${released}" frees no other key`, async (subject) => {
      const { store } = subject;
      const other = await openOther(subject);
      const held = new Map<string, Awaited<ReturnType<typeof acquireLock>>>();
      for (const key of KEYS) held.set(key, await acquireLock(store, key));
      await held.get(released)?.release();
      for (const key of KEYS) if (key !== released) await assertLocked(other, key);
      held.set(released, await acquireLock(other, released));
      for (const lock of held.values()) await lock.release();
      for (const key of KEYS) await acquireLock(other, key);
    });
  }
}

function testUse(kit: StoreKit): void {
  kit.test('locks: a locked store works, and the lock is no key', async (subject) => {
    const { store } = subject;
    const held = await acquireLock(store, 'backup');
    assertThat((await store.get('backup')) === undefined, 'a lock must store nothing');
    await assertKeys(store, [], 'when a lock is all there is');
    await store.set('backup', createContent(createBytes(10, 1)));
    await assertStored(store, 'backup', createBytes(10, 1), 'while locked');
    assertThat((await store.keys()).join() === 'backup', 'keys must not list locks');
    await store.delete('backup');
    await assertLocked(await openOther(subject), 'backup');
    await held.release();
    assertThat((await store.keys()).length === 0, 'a lock must leave no key');
    await (await acquireLock(store, 'backup')).release();
  });
  kit.test('locks: a set or a delete keeps the lock', async (subject) => {
    const { store } = subject;
    const other = await openOther(subject);
    await acquireLock(store, 'backup');
    for (let round = 0; round < 2; round++) {
      await store.set('backup', createContent(createBytes(10, round)));
      await assertLocked(other, 'backup');
      await store.delete('backup');
      await assertLocked(other, 'backup');
    }
  });
  kit.test('locks: who holds no lock can get, set and delete', async (subject) => {
    const { store } = subject;
    const other = await openOther(subject);
    const bytes = createBytes(100, 1);
    const held = await acquireLock(store, 'backup');
    await other.set('backup', createContent(bytes));
    await assertStored(other, 'backup', bytes, 'while another holds the lock');
    await other.delete('backup');
    await held.release();
    await store.set('backup', createContent(bytes));
    const next = await acquireLock(other, 'backup');
    await store.set('backup', createContent(bytes));
    await assertStored(store, 'backup', bytes, 'after release, while another holds the lock');
    await store.delete('backup');
    await next.release();
    await assertKeys(store, [], 'after a delete without a lock');
  });
}
