import type { CheckpointContent, CheckpointStore } from '../contract/checkpoint-store.js';
import { assertRejects, assertStored, assertThat } from './assertions.js';
import { createContent, createBytes } from './contents.js';
import type { StoreKit } from './subjects.js';

const [FIRST, SECOND, THIRD] = [createBytes(900, 1), createBytes(900, 2), createBytes(900, 3)];

/** A set with a condition replaces the version it names, or rejects and changes nothing. */
export function testFencing(kit: StoreKit): void {
  if (!kit.supports.fencing) return kit.notClaimed('fencing');
  testConditions(kit);
  testRaces(kit);
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
  kit.test('fencing: the stored version is met, from set and from get', async ({ store, reopen }) => {
    const version = await store.set('backup', createContent(FIRST));
    await store.set('backup', createContent(SECOND), { replaces: version });
    const other = (await reopen?.()) ?? store;
    const found = await assertStored(other, 'backup', SECOND, 'after the second set');
    await other.set('backup', createContent(THIRD), { replaces: found.version });
    await assertStored(store, 'backup', THIRD, 'after the third set');
  });
  kit.test('fencing: an older version conflicts', async ({ store }) => {
    const version = await store.set('backup', createContent(FIRST));
    await store.set('backup', createContent(SECOND));
    await assertConflict(store, version);
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

function testRaces(kit: StoreKit): void {
  kit.test('fencing: another set while the chunks are written conflicts', async ({ store, reopen }) => {
    const other = (await reopen?.()) ?? store;
    const version = await store.set('backup', createContent(FIRST));
    const interrupted = createContentAfter(SECOND, () =>
      other.set('backup', createContent(THIRD), { replaces: version }),
    );
    await assertConflict(store, version, interrupted);
    await assertStored(store, 'backup', THIRD, 'after another set came first');
  });
  kit.test(
    'fencing: a first set by another while the chunks are written conflicts',
    async ({ store, reopen }) => {
      const other = (await reopen?.()) ?? store;
      await assertConflict(
        store,
        null,
        createContentAfter(SECOND, () => other.set('backup', createContent(THIRD), { replaces: null })),
      );
      await assertStored(store, 'backup', THIRD, 'after another set came first');
    },
  );
  kit.test('fencing: a delete while the chunks are written conflicts', async ({ store }) => {
    const version = await store.set('backup', createContent(FIRST));
    await assertConflict(
      store,
      version,
      createContentAfter(SECOND, () => store.delete('backup')),
    );
    assertThat((await store.get('backup')) === undefined, 'a conflict must not bring back what was deleted');
  });
  kit.test('fencing: of two sets at once with one condition, one wins', async ({ store }) => {
    const replaces = await store.set('backup', createContent(FIRST));
    const contents = [SECOND, THIRD];
    const outcomes = await Promise.allSettled(
      contents.map((bytes) => store.set('backup', createContent(bytes, 100), { replaces })),
    );
    const winners = contents.filter((_, index) => outcomes[index]?.status === 'fulfilled');
    assertThat(
      winners.length === 1,
      `one of two sets with the same condition must win, but ${winners.length} did`,
    );
    await assertStored(store, 'backup', winners[0] ?? FIRST, 'from the set that won');
  });
}

async function assertConflict(
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

/** Bytes whose last half comes only after `between` is done. */
function createContentAfter(bytes: Uint8Array, between: () => Promise<unknown>): CheckpointContent {
  return { byteLength: bytes.length, chunks: chunks() };

  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    yield bytes.subarray(0, 450);
    await between();
    yield bytes.subarray(450);
  }
}
