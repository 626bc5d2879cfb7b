import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { assertKeys, assertRejects, assertStored, assertThat } from './assertions.js';
import { createBytes, createContent } from './contents.js';
import { LOOK_ALIKES } from './names-tests.js';
import { awaitLater, countRounds, waitMicrotasks } from './steps.js';
import { NotClaimed, openOther, type StoreKit, type StoreUnderTest } from './subjects.js';

const [FIRST, SECOND] = [createBytes(900, 1), createBytes(900, 2)];

/** A delete removes its key and no other; with a condition, only the version that it names. */
export function testDeletes(kit: StoreKit): void {
  testDeleting(kit);
  if (!kit.supports.fencing) return kit.notClaimed('delete: with a condition', 'supports.fencing is false');
  testConditions(kit);
  testRaces(kit);
}

function testDeleting(kit: StoreKit): void {
  kit.test('delete: removes its key and no other', async (subject) => {
    const { store } = subject;
    for (const key of LOOK_ALIKES) await store.set(key, createContent(createBytes(10, 1)));
    await store.delete('a');
    const after = await openOther(subject);
    assertThat((await after.get('a')) === undefined, 'get of a deleted key must give undefined');
    await assertKeys(
      after,
      LOOK_ALIKES.filter((key) => key !== 'a'),
    );
    await assertStored(after, 'a.b', createBytes(10, 1), 'after another key was deleted');
  });
  kit.test('delete: of an absent key does nothing', async ({ store }) => {
    await store.delete('absent');
    await store.set('backup', createContent(createBytes(10, 1)));
    await store.delete('absent');
    await assertKeys(store, ['backup']);
    for (let round = 0; round < 2; round++) await store.delete('backup');
    await assertKeys(store, []);
  });
  kit.test('delete: a deleted key can be set again', async ({ store }) => {
    await store.set('backup', createContent(createBytes(10, 1)));
    await store.delete('backup');
    await store.set('backup', createContent(createBytes(5, 2)));
    await assertStored(store, 'backup', createBytes(5, 2), 'after delete and set');
  });
  kit.test('delete: several at once of one key all resolve', async (subject) => {
    const { store } = subject;
    const other = await openOther(subject);
    await store.set('backup', createContent(createBytes(10, 1)));
    await Promise.all([store, other, store].map((one) => one.delete('backup')));
    await assertKeys(other, []);
  });
}

function testConditions(kit: StoreKit): void {
  testCondition(kit, 'delete: removes the version that its condition names', async (subject) => {
    const { store } = subject;
    await store.set('other', createContent(FIRST));
    const version = await store.set('backup', createContent(FIRST));
    await store.delete('backup', { replaces: version });
    assertThat((await store.get('backup')) === undefined, 'get must give undefined after a delete');
    const other = await openOther(subject);
    await store.set('backup', createContent(SECOND));
    const found = await assertStored(other, 'backup', SECOND, 'after delete and set');
    await other.delete('backup', { replaces: found.version });
    await assertKeys(store, ['other'], 'after a delete whose condition is the version of get');
  });
  testCondition(
    kit,
    'delete: conflicts if another version is stored, and changes nothing',
    async (subject) => {
      const { store } = subject;
      const other = await openOther(subject);
      const foreign = await store.set('other', createContent(FIRST));
      const old = await store.set('backup', createContent(FIRST));
      const version = await other.set('backup', createContent(SECOND));
      for (const replaces of [old, null, foreign, 'no version']) await assertConflict(store, replaces);
      const found = await assertStored(other, 'backup', SECOND, 'after deletes that conflict');
      assertThat(found.version === version, 'a delete that conflicts must not change the version');
      await assertKeys(other, ['backup', 'other'], 'after deletes that conflict');
    },
  );
  testCondition(kit, 'delete: a condition on an absent key stores nothing', async ({ store }) => {
    await store.delete('backup', { replaces: null });
    const version = await store.set('backup', createContent(FIRST));
    await store.delete('backup', { replaces: version });
    await store.delete('backup', { replaces: version }).catch(() => undefined);
    await assertKeys(store, []);
    await store.set('backup', createContent(SECOND), { replaces: null });
    await assertStored(store, 'backup', SECOND, 'after a delete of an absent key, and a set');
  });
  testCondition(kit, 'delete: an old version conflicts after a delete and a set', async ({ store }) => {
    const version = await store.set('backup', createContent(FIRST));
    await store.delete('backup');
    await store.set('backup', createContent(SECOND));
    await assertConflict(store, version);
    await assertStored(store, 'backup', SECOND, 'after a delete that conflicts');
  });
}

function testRaces(kit: StoreKit): void {
  testCondition(
    kit,
    'delete: of a set and a delete at once with one condition, one wins',
    async (subject) => {
      const { store } = subject;
      const other = await openOther(subject);
      for (const round of countRounds(8, 4)) {
        await store.delete('backup');
        const replaces = await store.set('backup', createContent(FIRST));
        const deleteFirst = round % 2 === 0;
        const remove = (): Promise<unknown> => other.delete('backup', { replaces });
        const set = (): Promise<unknown> => store.set('backup', createContent(SECOND, 300), { replaces });
        const first = awaitLater(deleteFirst ? remove() : set());
        if (round > 1) await waitMicrotasks(round * 2);
        const outcomes = await Promise.allSettled([first, deleteFirst ? set() : remove()]);
        const won = outcomes.filter((outcome) => outcome.status === 'fulfilled').length;
        assertThat(won === 1, `one of a set and a delete with the same condition must win, but ${won} did`);
        const isDeleted = (outcomes[0]?.status === 'fulfilled') === deleteFirst;
        if (!isDeleted) await assertStored(other, 'backup', SECOND, 'after a set that won');
        else
          assertThat(
            (await store.get('backup')) === undefined,
            'get must give undefined after a delete that won',
          );
      }
    },
  );
}

/** Registers a test of deletes with a condition. */
function testCondition(kit: StoreKit, name: string, body: (subject: StoreUnderTest) => Promise<void>): void {
  kit.test(name, async (subject) => {
    if (subject.store.delete.length < 2) throw new NotClaimed('delete of this store takes no condition');
    await body(subject);
  });
}

async function assertConflict(store: CheckpointStore, replaces: string | null): Promise<void> {
  await assertRejects(
    store.delete('backup', { replaces }),
    'a delete whose condition is not met',
    'KEEPFIT_STORE_CONFLICT',
  );
}
