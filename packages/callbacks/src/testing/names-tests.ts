import type { CheckpointStore, StoreLock } from '../contract/checkpoint-store.js';
import { assertKeys, assertStored, assertThat } from './assertions.js';
import { createContent, createBytes } from './contents.js';
import type { StoreKit } from './subjects.js';

/**
 * Valid keys that a careless store confuses with each other, with its files, or with members of an object.
 */
export const LOOK_ALIKES = [
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

async function assertRefusedOrSafe(store: CheckpointStore, key: string): Promise<void> {
  const [own, neighbour] = [createBytes(20, 1), createBytes(30, 2)];
  await store.set('a', createContent(neighbour));
  await store.set('e', createContent(neighbour));
  const found = await callOrRefuse('get', key, () => store.get(key));
  assertThat(
    found.isRefused || found.given === undefined,
    `get of ${formatKey(key)}, which holds nothing, must not give bytes`,
  );
  const calls = [found];
  if (store.supports.locking) calls.push(await assertLockRefusedOrSafe(store, key));
  const set = await callOrRefuse('set', key, () => store.set(key, createContent(own)));
  if (!set.isRefused) await assertStored(store, key, own, 'for a key that set took');
  await assertKeys(store, set.isRefused ? ['a', 'e'] : ['a', 'e', key]);
  calls.push(set, await callOrRefuse('delete', key, () => store.delete(key)));
  await assertKeys(store, ['a', 'e']);
  for (const other of ['a', 'e']) await assertStored(store, other, neighbour, `beside ${formatKey(key)}`);
  for (const call of calls) {
    assertThat(
      call.isRefused === set.isRefused,
      `a key that one call refuses must be refused by all, but for ${formatKey(key)} set ${formatOutcome(set)} and ${call.name} ${formatOutcome(call)}`,
    );
  }
}

interface KeyCall {
  readonly name: string;
  readonly isRefused: boolean;
  /** The result, if it resolved. */
  readonly given?: unknown;
}

/** Calls a method with a key that it may refuse, which must be a rejection. */
async function callOrRefuse(name: string, key: string, call: () => Promise<unknown>): Promise<KeyCall> {
  let running: Promise<unknown>;
  try {
    running = call();
  } catch {
    throw new Error(`${name} of ${formatKey(key)} must reject, not throw`);
  }
  try {
    return { name, isRefused: false, given: await running };
  } catch (error) {
    assertThat(error instanceof Error, `${name} of ${formatKey(key)} must reject with an Error`);
    return { name, isRefused: true };
  }
}

function formatOutcome({ isRefused }: KeyCall): string {
  return isRefused ? 'rejects' : 'resolves';
}

/** A lock of the key must leave the neighbours free. */
async function assertLockRefusedOrSafe(store: CheckpointStore, key: string): Promise<KeyCall> {
  let held: StoreLock | undefined;
  const call = await callOrRefuse('lock', key, async () => (held = await store.lock?.(key)));
  for (const other of ['a', 'e']) {
    const isFree = await store.lock?.(other).then(
      async (lock) => lock.release().then(() => true),
      () => false,
    );
    assertThat(isFree === true, `a lock of ${formatKey(key)} must not lock ${formatKey(other)}`);
  }
  await assertKeys(store, ['a', 'e']);
  await held?.release();
  return call;
}

function formatKey(key: string): string {
  return key.length > 20 ? `a key of ${key.length} characters` : JSON.stringify(key);
}
