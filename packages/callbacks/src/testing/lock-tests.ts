import type { CheckpointStore, StoreLock } from '../contract/checkpoint-store.js';
import { assertRejects, assertStored, assertThat } from './assertions.js';
import { createContent, createBytes } from './contents.js';
import type { StoreKit } from './subjects.js';

/** A key has one holder, until it releases the lock. */
export function testLocks(kit: StoreKit): void {
  if (!kit.supports.locking) return kit.notClaimed('locks');
  testExclusion(kit);
  testRelease(kit);
  kit.test('locks: a locked store works, and the lock is no key', async ({ store }) => {
    const held = await acquireLock(store, 'backup');
    assertThat((await store.get('backup')) === undefined, 'a lock must store nothing');
    await store.set('backup', createContent(createBytes(10, 1)));
    await assertStored(store, 'backup', createBytes(10, 1), 'while locked');
    assertThat((await store.keys()).join() === 'backup', 'keys must not list locks');
    await store.delete('backup');
    await held.release();
    assertThat((await store.keys()).length === 0, 'a lock must leave no key');
  });
}

function testExclusion(kit: StoreKit): void {
  kit.test('locks: a second holder is refused', async ({ store, reopen }) => {
    await acquireLock(store, 'backup');
    await assertLocked(store, 'backup');
    await assertLocked((await reopen?.()) ?? store, 'backup');
  });
  kit.test('locks: another key is free', async ({ store }) => {
    await acquireLock(store, 'backup');
    await acquireLock(store, 'backup.2');
    await assertLocked(store, 'backup');
  });
  kit.test('locks: of several takers at once, one gets it', async ({ store }) => {
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => acquireLock(store, 'backup')));
    const holders = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    assertThat(holders.length === 1, `one of 5 takers must get the lock, but ${holders.length} did`);
    await assertLocked(store, 'backup');
  });
}

function testRelease(kit: StoreKit): void {
  kit.test('locks: a released key can be locked again', async ({ store, reopen }) => {
    await (await acquireLock(store, 'backup')).release();
    await acquireLock((await reopen?.()) ?? store, 'backup');
    await assertLocked(store, 'backup');
  });
  kit.test('locks: a refusal does not disturb the holder', async ({ store }) => {
    const held = await acquireLock(store, 'backup');
    await assertLocked(store, 'backup');
    await assertLocked(store, 'backup');
    await held.release();
    await (await acquireLock(store, 'backup')).release();
  });
  kit.test('locks: release frees only its own lock, however often', async ({ store }) => {
    const first = await acquireLock(store, 'backup');
    await first.release();
    await first.release();
    const second = await acquireLock(store, 'backup');
    await first.release();
    await assertLocked(store, 'backup');
    await second.release();
    await acquireLock(store, 'backup');
  });
}

async function acquireLock(store: CheckpointStore, key: string): Promise<StoreLock> {
  assertThat(typeof store.lock === 'function', 'a store that claims locking must have lock');
  return store.lock(key);
}

async function assertLocked(store: CheckpointStore, key: string): Promise<void> {
  await assertRejects(acquireLock(store, key), 'a second lock', 'KEEPFIT_STORE_LOCKED');
}
