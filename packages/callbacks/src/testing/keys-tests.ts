import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { assertKeys, assertStored, assertThat } from './assertions.js';
import { createBytes, createChunkedContent, createContent } from './contents.js';
import { actBetweenSteps, awaitLater } from './steps.js';
import { openOther, type StoreKit } from './subjects.js';

/** `keys` lists all keys that hold a checkpoint, and nothing else, whatever else runs. */
export function testKeys(kit: StoreKit): void {
  testSnapshots(kit);
  testDuringSets(kit);
  testAtOnce(kit);
}

function testSnapshots(kit: StoreKit): void {
  kit.test(`keys: lists all of ${kit.manyKeys} keys, each once`, async (subject) => {
    const { store } = subject;
    const keys = Array.from({ length: kit.manyKeys }, (_, index) => `key-${index}`);
    const remaining = [...keys];
    const setNext = async (): Promise<void> => {
      for (let key = remaining.pop(); key !== undefined; key = remaining.pop())
        await store.set(key, createContent(new Uint8Array(1)));
    };
    await Promise.all(Array.from({ length: 16 }, setNext));
    await assertKeys(store, keys);
    await assertKeys(await openOther(subject), keys, 'when opened anew');
  });
  kit.test('keys: the caller owns the list', async ({ store }) => {
    for (const key of ['a', 'b', 'c', 'd']) await store.set(key, createContent(createBytes(10, 1)));
    const listed = await store.keys();
    listed.push('foreign');
    listed.splice(0, 2);
    await assertKeys(store, ['a', 'b', 'c', 'd'], 'after the caller has changed an earlier list');
    for (const key of await store.keys()) await store.delete(key);
    await assertKeys(store, [], 'after each listed key was deleted');
  });
}

function testDuringSets(kit: StoreKit): void {
  for (const [which, before] of [
    ['a first set', []],
    ['a replacement', ['backup', 'other']],
  ] as const) {
    kit.test(`keys: lists nothing of ${which} that runs, and misses nothing`, async (subject) => {
      const { store } = subject;
      const other = await openOther(subject);
      for (const key of before) await store.set(key, createContent(createBytes(3000, 1)));
      const assertBefore = async (): Promise<void> => {
        for (const reader of [store, other])
          await assertKeys(reader, before, 'while a set waits for its chunks');
      };
      const chunks = [1, 2, 3].map((seed) => createBytes(1000, seed));
      const lists: Promise<void>[] = [];
      const allowed = new Set([...before, 'backup']);
      const list = async (reader: CheckpointStore): Promise<void> => {
        const listed = await reader.keys();
        const foreign = listed.filter((key) => !allowed.has(key));
        assertThat(
          foreign.length === 0,
          `keys must list no temp entries, but lists ${JSON.stringify(foreign)}`,
        );
        const missing = before.filter((key) => !listed.includes(key));
        assertThat(missing.length === 0, `keys must list ${JSON.stringify(missing)} while it is replaced`);
      };
      const setting = awaitLater(store.set('backup', createChunkedContent(3000, chunks, assertBefore)));
      await actBetweenSteps(setting, { microtasks: 24, turns: 12 }, () =>
        lists.push(awaitLater(list(lists.length % 2 === 0 ? store : other))),
      );
      await Promise.all([setting, ...lists]);
      await assertKeys(other, [...allowed], 'after the set');
    });
  }
}

function testAtOnce(kit: StoreKit): void {
  const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
  kit.test('keys: of sets of several keys at once, none is lost', async (subject) => {
    const { store } = subject;
    const other = await openOther(subject);
    for (let round = 0; round < 2; round++) {
      await Promise.all(
        keys.map((key, index) =>
          (index % 2 === 0 ? store : other).set(key, createContent(createBytes(100 + index, round), 40)),
        ),
      );
      await assertHolds([store, other], keys, round, 'after sets at once');
      if (round === 0) for (const key of keys) await store.delete(key);
    }
  });
  kit.test('keys: of sets and deletes of several keys at once, none is lost', async (subject) => {
    const { store } = subject;
    const other = await openOther(subject);
    const [deleted, added] = [keys.slice(0, 3), keys.slice(3)];
    for (let round = 0; round < 2; round++) {
      for (const key of deleted) await store.set(key, createContent(createBytes(50, round)));
      for (const key of added) await store.delete(key);
      await Promise.all(
        deleted.flatMap((key, index) => {
          const [one, two] = index % 2 === 0 ? [store, other] : [other, store];
          const content = createContent(createBytes(103 + index, round));
          return [two.set(added[index] ?? '', content), one.delete(key)];
        }),
      );
      for (const reader of [store, other]) {
        for (const key of deleted)
          assertThat(
            (await reader.get(key)) === undefined,
            `delete of "${key}" at once with others must delete it`,
          );
      }
      await assertHolds([store, other], added, round, 'after sets and deletes at once');
    }
  });
  kit.test('keys: after a set and a delete of one key at once, keys and get agree', async (subject) => {
    const { store } = subject;
    const other = await openOther(subject);
    const bytes = createBytes(500, 1);
    for (let round = 0; round < 4; round++) {
      await store.set('backup', createContent(bytes));
      const calls = [() => store.set('backup', createContent(bytes, 100)), () => other.delete('backup')];
      if (round % 2 === 1) calls.reverse();
      // A set that finds its temp entries deleted may reject.
      const outcomes = await Promise.allSettled(calls.map((call) => call()));
      const deleted = outcomes[round % 2 === 0 ? 1 : 0];
      assertThat(deleted?.status === 'fulfilled', 'a delete must resolve while a set runs');
      const isThere = (await other.get('backup')) !== undefined;
      if (isThere) await assertStored(store, 'backup', bytes, 'after a set and a delete at once');
      for (const reader of [store, other])
        await assertKeys(
          reader,
          isThere ? ['backup'] : [],
          `when get gives ${isThere ? 'bytes' : 'undefined'}`,
        );
    }
  });
}

/** Fails unless each store holds exactly these keys, with the bytes of this round. */
async function assertHolds(
  stores: readonly CheckpointStore[],
  keys: readonly string[],
  round: number,
  when: string,
): Promise<void> {
  const first = keys.includes('a') ? 100 : 103;
  for (const store of stores) {
    await assertKeys(store, keys, when);
    for (const [index, key] of keys.entries())
      await assertStored(store, key, createBytes(first + index, round), when);
  }
}
