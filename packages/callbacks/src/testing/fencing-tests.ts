import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { assertRejects, assertStored, assertThat } from './assertions.js';
import { createContent, createBytes } from './contents.js';
import { openOther, type StoreKit } from './subjects.js';

const [FIRST, SECOND, THIRD] = [createBytes(900, 1), createBytes(900, 2), createBytes(900, 3)];

/** A set with a condition replaces the version it names, or rejects and changes nothing. */
export function testFencing(kit: StoreKit): void {
  if (!kit.supports.fencing) return kit.notClaimed('fencing', 'supports.fencing is false');
  testConditions(kit);
  testOthers(kit);
}

function testConditions(kit: StoreKit): void {
  kit.test('fencing: null is met when nothing is stored', async ({ store }) => {
    await store.set('backup', createContent(FIRST), { replaces: null });
    await assertStored(store, 'backup', FIRST, 'after a first set');
  });
  kit.test('fencing: null conflicts with what is stored', async ({ store }) => {
    const version = await store.set('backup', createContent(FIRST));
    await assertConflict(store, null);
    const found = await assertStored(store, 'backup', FIRST, 'after a conflict');
    assertThat(found.version === version, 'a conflict must not change the version');
  });
  kit.test('fencing: the stored version is met, from set and from get', async (subject) => {
    const { store } = subject;
    const version = await store.set('backup', createContent(FIRST));
    await store.set('backup', createContent(SECOND), { replaces: version });
    const other = await openOther(subject);
    const found = await assertStored(other, 'backup', SECOND, 'after the second set');
    await other.set('backup', createContent(THIRD), { replaces: found.version });
    await assertStored(store, 'backup', THIRD, 'after the third set');
  });
  kit.test('fencing: an older version conflicts', async ({ store }) => {
    const version = await store.set('backup', createContent(FIRST));
    await store.set('backup', createContent(SECOND));
    for (const replaces of [version, 'no version', '']) await assertConflict(store, replaces);
    await assertStored(store, 'backup', SECOND, 'after a conflict');
  });
  kit.test('fencing: a version of another key conflicts', async ({ store }) => {
    await store.set('backup', createContent(FIRST));
    await assertConflict(store, await store.set('other', createContent(SECOND)));
    await assertStored(store, 'backup', FIRST, 'after a conflict');
  });
  kit.test('fencing: a deleted version conflicts, null is met', async ({ store }) => {
    const version = await store.set('backup', createContent(FIRST));
    await store.delete('backup');
    await assertConflict(store, version);
    assertThat((await store.get('backup')) === undefined, 'a conflict must store nothing');
    await store.set('backup', createContent(SECOND), { replaces: null });
    await assertStored(store, 'backup', SECOND, 'after delete and set');
  });
  kit.test('fencing: a set without a condition replaces whatever there is', async ({ store }) => {
    await store.set('backup', createContent(FIRST));
    await store.set('backup', createContent(SECOND));
    await assertStored(store, 'backup', SECOND, 'after a set without a condition');
  });
}

/** Another object over the same data may have stored or deleted since this one has read or written. */
function testOthers(kit: StoreKit): void {
  kit.test('fencing: what another has stored or deleted counts', async (subject) => {
    const { store } = subject;
    const other = await openOther(subject);
    const version = await store.set('backup', createContent(FIRST));
    const next = await other.set('backup', createContent(SECOND));
    await assertConflict(store, version);
    await assertStored(other, 'backup', SECOND, 'after a conflict');
    await store.set('backup', createContent(THIRD), { replaces: next });
    await store.delete('backup');
    await assertConflict(other, next);
    assertThat((await store.get('backup')) === undefined, 'a conflict must store nothing');
    await other.set('backup', createContent(FIRST), { replaces: null });
    await assertConflict(store, null);
    await assertStored(store, 'backup', FIRST, 'after a conflict');
  });
}

export async function assertConflict(
  store: CheckpointStore,
  replaces: string | null,
  content = createContent(SECOND),
): Promise<void> {
  await assertRejects(
    store.set('backup', content, { replaces }),
    'a set whose condition is not met',
    'KEEPFIT_STORE_CONFLICT',
  );
}
