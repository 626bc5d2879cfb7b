import { assertKeys, assertRejects, assertStored, assertThat } from './assertions.js';
import { createBytes, createContent } from './contents.js';
import { acquireLock, assertLocked, assertWritesRefused } from './locks.js';
import { NotClaimed, openOther, type StoreKit, type StoreUnderTest } from './subjects.js';

const [FIRST, SECOND] = [createBytes(900, 1), createBytes(800, 2)];

/** What a holder can do when its checkpoint, its folder or its lock is gone. */
export function testLostLocks(kit: StoreKit): void {
  kit.test('replace: a set creates again what was wiped', async (subject) => {
    const { store } = subject;
    const wipe = getHook(subject, 'wipe');
    for (let round = 0; round < 2; round++) {
      await store.set('backup', createContent(createBytes(50, round)));
      await assertStored(await openOther(subject), 'backup', createBytes(50, round), 'after a set');
      await wipe.call(subject);
    }
    await store.set('backup', createContent(FIRST), kit.supports.fencing ? { replaces: null } : undefined);
    await assertStored(await openOther(subject), 'backup', FIRST, 'after a set that followed a wipe');
    await assertKeys(store, ['backup'], 'after a set that followed a wipe');
  });
  if (!kit.supports.locking || !kit.supports.fencing) return;
  testDeletedUnderLock(kit);
  testTakenLocks(kit);
}

function testDeletedUnderLock(kit: StoreKit): void {
  kit.test('locks: a checkpoint deleted under a lock can be written again', async (subject) => {
    const other = await openOther(subject);
    await assertWrittenAgain(subject, () => other.delete('backup'));
  });
  kit.test('locks: a store wiped under a lock can be written again', async (subject) => {
    const wipe = getHook(subject, 'wipe');
    await assertWrittenAgain(subject, async () => wipe.call(subject));
  });
}

async function assertWrittenAgain(subject: StoreUnderTest, destroy: () => Promise<void>): Promise<void> {
  const { store } = subject;
  const other = await openOther(subject);
  const held = await acquireLock(store, 'backup');
  const version = await store.set('backup', createContent(FIRST));
  await destroy();
  await assertRejects(
    store.set('backup', createContent(SECOND), { replaces: version }),
    'a set that replaces a deleted version',
    'KEEPFIT_STORE_CONFLICT',
  );
  assertThat((await other.get('backup')) === undefined, 'a set that conflicts must store nothing');
  assertThat(held.lost?.aborted !== true, 'lost must not be aborted while nobody else can hold the lock');
  const next = await store.set('backup', createContent(SECOND), { replaces: null });
  for (const reader of [store, other, await openOther(subject)]) {
    const found = await assertStored(reader, 'backup', SECOND, 'after a set that replaces nothing');
    assertThat(found.version === next, 'get must give the version of the last set');
    await assertKeys(reader, ['backup'], 'after a set that replaces nothing');
  }
  await assertLocked(other, 'backup');
  await held.release();
  await (await acquireLock(other, 'backup')).release();
}

function testTakenLocks(kit: StoreKit): void {
  for (const [when, isFinished] of [
    ['another trains', false],
    ['another has finished', true],
  ] as const) {
    kit.test(`locks: a holder that lost its lock can write no more, when ${when}`, async (subject) => {
      const { store } = subject;
      const loseLock = getHook(subject, 'loseLock');
      const other = await openOther(subject);
      const held = await acquireLock(store, 'backup');
      const version = await store.set('backup', createContent(FIRST));
      await loseLock.call(subject, 'backup');
      const second = await acquireLock(other, 'backup');
      const next = await other.set('backup', createContent(SECOND), { replaces: version });
      if (isFinished) {
        await other.delete('backup');
        await second.release();
      }
      await assertWritesRefused(store, held, other);
      if (!isFinished) {
        await held.release();
        await assertLocked(store, 'backup');
        await other.set('backup', createContent(FIRST), { replaces: next });
        await second.release();
      }
      await acquireLock(store, 'backup');
      await store.set('backup', createContent(SECOND));
      await assertStored(other, 'backup', SECOND, 'from a trainer that took the lock again');
    });
  }
}

/** The hook of the subject, without which the test is skipped. */
function getHook<Name extends 'wipe' | 'loseLock'>(
  subject: StoreUnderTest,
  name: Name,
): NonNullable<StoreUnderTest[Name]> {
  const hook = subject[name];
  if (hook === undefined) throw new NotClaimed(`make gives no ${name}`);
  return hook;
}
