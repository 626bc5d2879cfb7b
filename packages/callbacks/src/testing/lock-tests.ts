import type { CheckpointStore, StoreLock } from '../contract/checkpoint-store.js';
import { assertRejects } from './assert-rejects.js';
import { assertStored } from './assert-stored.js';
import { assertThat } from './assert-that.js';
import { contentOf } from './content-of.js';
import { patternBytes } from './pattern-bytes.js';
import type { StoreKit } from './store-kit.js';

/** One holder a key, until it lets go. */
export function testLocks(kit: StoreKit): void {
  if (!kit.supports.locking) return kit.notClaimed('locks');
  testExclusion(kit);
  testRelease(kit);
  kit.test('locks: a locked store works, and the lock is no key', async ({ store }) => {
    const held = await lockOf(store, 'backup');
    assertThat((await store.get('backup')) === undefined, 'a lock must store nothing');
    await store.set('backup', contentOf(patternBytes(10, 1)));
    await assertStored(store, 'backup', patternBytes(10, 1), 'while locked');
    assertThat((await store.keys()).join() === 'backup', 'keys must not list locks');
    await store.delete('backup');
    await held.release();
    assertThat((await store.keys()).length === 0, 'a lock must leave no key');
  });
}

function testExclusion(kit: StoreKit): void {
  kit.test('locks: a second holder is refused', async ({ store, reopen }) => {
    await lockOf(store, 'backup');
    await assertLocked(store, 'backup');
    await assertLocked((await reopen?.()) ?? store, 'backup');
  });
  kit.test('locks: another key is free', async ({ store }) => {
    await lockOf(store, 'backup');
    await lockOf(store, 'backup.2');
    await assertLocked(store, 'backup');
  });
  kit.test('locks: of several takers at once, one gets it', async ({ store }) => {
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => lockOf(store, 'backup')));
    const holders = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    assertThat(holders.length === 1, `one of 5 takers must get the lock, but ${holders.length} did`);
    await assertLocked(store, 'backup');
  });
}

function testRelease(kit: StoreKit): void {
  kit.test('locks: a released key can be locked again', async ({ store, reopen }) => {
    await (await lockOf(store, 'backup')).release();
    await lockOf((await reopen?.()) ?? store, 'backup');
    await assertLocked(store, 'backup');
  });
  kit.test('locks: a refusal does not disturb the holder', async ({ store }) => {
    const held = await lockOf(store, 'backup');
    await assertLocked(store, 'backup');
    await assertLocked(store, 'backup');
    await held.release();
    await (await lockOf(store, 'backup')).release();
  });
  kit.test('locks: release frees only its own lock, however often', async ({ store }) => {
    const first = await lockOf(store, 'backup');
    await first.release();
    await first.release();
    const second = await lockOf(store, 'backup');
    await first.release();
    await assertLocked(store, 'backup');
    await second.release();
    await lockOf(store, 'backup');
  });
}

async function lockOf(store: CheckpointStore, key: string): Promise<StoreLock> {
  assertThat(typeof store.lock === 'function', 'a store that claims locking must have lock');
  return store.lock(key);
}

async function assertLocked(store: CheckpointStore, key: string): Promise<void> {
  await assertRejects(lockOf(store, key), 'a second lock', 'KEEPFIT_STORE_LOCKED');
}
