import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { assertStored, assertThat } from './assertions.js';
import { createContent, createBytes } from './contents.js';
import type { StoreKit } from './subjects.js';

/**
 * Valid keys that a careless store confuses with each other, with its files, or with members of an object.
 */
const LOOK_ALIKES = [
  'a',
  'a.b',
  'a-b',
  'a_b',
  'a..b',
  'a.',
  'a.tmp',
  'a.lock',
  'a.safetensors',
  'aa',
  '0',
  '00',
  'constructor',
  'valueof',
];
const LONGEST = 'k'.repeat(101);
/** Valid keys that some platform reserves: kept, or refused. */
const RESERVED = ['con', 'nul', 'aux', 'prn', 'com1', 'lpt1', 'nul.backup'];
/**
 * Keys that `checkKey` refuses. A store refuses them in each method with a key, or keeps each as a separate
 * place. In a path or a URL, some of them name what 'a' holds.
 */
const UNSAFE = [
  '',
  '.',
  '..',
  '../a',
  './a',
  'b/../a',
  'a/',
  'a/.',
  '%61',
  'a?b',
  'a#b',
  'a%2fb',
  'a/b',
  'a\\b',
  '/a',
  '.a',
  'A',
  'é',
  'e\u0301',
  'a\0b',
  'a b',
  'a:b',
  '__proto__',
  'k'.repeat(300),
];

/** Each key is a separate place, and `keys` lists exactly the keys that hold something. */
export function testNames(kit: StoreKit): void {
  testListing(kit);
  testDeleting(kit);
  for (const key of [...RESERVED, ...UNSAFE]) {
    kit.test(`names: ${formatKey(key)} is refused or safe`, async ({ store }) =>
      assertRefusedOrSafe(store, key),
    );
  }
}

function testListing(kit: StoreKit): void {
  kit.test('names: a fresh store has no keys', async ({ store }) => assertKeys(store, []));
  kit.test('names: keys that look alike do not touch each other', async ({ store }) => {
    const keys = [...LOOK_ALIKES, LONGEST];
    for (const key of keys) {
      assertThat(
        (await store.get(key)) === undefined,
        `get(${formatKey(key)}) must give undefined in a fresh store`,
      );
    }
    for (const [index, key] of keys.entries())
      await store.set(key, createContent(createBytes(50 + index, index)));
    await assertKeys(store, keys);
    for (const [index, key] of keys.entries()) {
      await assertStored(store, key, createBytes(50 + index, index), 'beside keys that look alike');
    }
  });
}

function testDeleting(kit: StoreKit): void {
  kit.test('names: delete removes its key and no other', async ({ store, reopen }) => {
    for (const key of LOOK_ALIKES) await store.set(key, createContent(createBytes(10, 1)));
    await store.delete('a');
    const after = (await reopen?.()) ?? store;
    assertThat((await after.get('a')) === undefined, 'get of a deleted key must give undefined');
    await assertKeys(
      after,
      LOOK_ALIKES.filter((key) => key !== 'a'),
    );
    await assertStored(after, 'a.b', createBytes(10, 1), 'after another key was deleted');
  });
  kit.test('names: delete of an absent key does nothing', async ({ store }) => {
    await store.delete('absent');
    await store.set('backup', createContent(createBytes(10, 1)));
    await store.delete('absent');
    await assertKeys(store, ['backup']);
  });
  kit.test('names: a deleted key can be set again', async ({ store }) => {
    await store.set('backup', createContent(createBytes(10, 1)));
    await store.delete('backup');
    await store.set('backup', createContent(createBytes(5, 2)));
    await assertStored(store, 'backup', createBytes(5, 2), 'after delete and set');
  });
}

async function assertRefusedOrSafe(store: CheckpointStore, key: string): Promise<void> {
  const [own, neighbour] = [createBytes(20, 1), createBytes(30, 2)];
  await store.set('a', createContent(neighbour));
  await store.set('e', createContent(neighbour));
  const found = await store.get(key).catch(() => undefined);
  assertThat(found === undefined, `get of ${formatKey(key)}, which holds nothing, must not give bytes`);
  if (store.supports.locking) await assertLockRefusedOrSafe(store, key);
  const refused = await store.set(key, createContent(own)).then(
    () => false,
    () => true,
  );
  if (!refused) await assertStored(store, key, own, 'for a key that set took');
  await assertKeys(store, refused ? ['a', 'e'] : ['a', 'e', key]);
  await store.delete(key).catch(() => undefined);
  await assertKeys(store, ['a', 'e']);
  for (const other of ['a', 'e']) await assertStored(store, other, neighbour, `beside ${formatKey(key)}`);
}

/** A lock of the key must leave the neighbours free. */
async function assertLockRefusedOrSafe(store: CheckpointStore, key: string): Promise<void> {
  const held = await store.lock?.(key).catch(() => undefined);
  for (const other of ['a', 'e']) {
    const isFree = await store.lock?.(other).then(
      async (lock) => lock.release().then(() => true),
      () => false,
    );
    assertThat(isFree === true, `a lock of ${formatKey(key)} must not lock ${formatKey(other)}`);
  }
  await assertKeys(store, ['a', 'e']);
  await held?.release();
}

async function assertKeys(store: CheckpointStore, expected: readonly string[]): Promise<void> {
  const [found, wanted] = [[...(await store.keys())].sort(), [...expected].sort()];
  assertThat(
    JSON.stringify(found) === JSON.stringify(wanted),
    `keys must be ${JSON.stringify(wanted)}, but are ${JSON.stringify(found)}`,
  );
}

function formatKey(key: string): string {
  return key.length > 20 ? `a key of ${key.length} characters` : JSON.stringify(key);
}
