import { afterEach, expect, test } from 'vitest';
import type { CheckpointStore, StoreSupports } from '../../src/contract/checkpoint-store.js';
import { storeConformance, type StoreUnderTest } from '../../src/testing/index.js';
import { runKit as runKitOn } from './run-kit.js';
import { type Defect, plainStore } from './plain-store.js';

const SUPPORTS: StoreSupports = { durable: true, fencing: true, locking: true, maxBytes: 2 ** 17 };
const runKit = (
  make: () => CheckpointStore | StoreUnderTest,
  supports = SUPPORTS,
  only?: (name: string) => boolean,
) => runKitOn(make, supports, only);

const exitListeners = process.listeners('exit');

afterEach(() => {
  for (const listener of process.listeners('exit'))
    if (!exitListeners.includes(listener)) process.off('exit', listener);
});

/** A store with this defect, whose data a second one shares. */
function storeWith(defect?: Defect): StoreUnderTest {
  const [cells, locks] = [new Map(), new Map()];
  return {
    store: plainStore(defect, cells, locks),
    reopen: () => (defect === 'forgets when opened anew' ? plainStore() : plainStore(defect, cells, locks)),
  };
}

const BROKEN: [Defect, string][] = [
  ['writes in place', 'replace: a set half done is not seen'],
  ['keeps the chunk itself', 'bytes: a chunk changed after set does not reach the store'],
  [
    'keeps the whole buffer of a chunk',
    'bytes: a chunk that is a view gives its own bytes, not its whole buffer',
  ],
  ['keeps chunks until all have come', 'bytes: a chunk is overwritten when the next is asked for'],
  ['hands out its own bytes', 'bytes: the caller of get owns what it got'],
  [
    'ignores the announced length',
    'replace: a set of fewer bytes than announced rejects and leaves the old bytes',
  ],
  ['writes over the old bytes', 'replace: shorter bytes leave nothing of longer ones'],
  [
    'removes the old before it has the new',
    'replace: a set whose chunks fail half-way rejects and leaves the old bytes',
  ],
  ['gives contents of one length one version', 'replace: each content gets a version of its own'],
  ['ignores conditions', 'fencing: an older version conflicts'],
  ['checks conditions only at the start', 'fencing: another set while the chunks are written conflicts'],
  ['stores before it checks the condition', 'fencing: null conflicts with what is stored'],
  ['gives the lock to everyone', 'locks: a second holder is refused'],
  ['frees the lock of another', 'locks: release frees only its own lock, however often'],
  ['frees the lock on a refusal', 'locks: a second holder is refused'],
  ['locks all keys at once', 'locks: another key is free'],
  ['lists locks as keys', 'locks: a locked store works, and the lock is no key'],
  ['deletes everything', 'delete: removes its key and no other'],
  ['deletes what begins alike', 'delete: removes its key and no other'],
  ['keeps keys in a plain object', 'names: keys that look alike do not touch each other'],
  ['reads along a path', 'names: "b/../a" is refused or safe'],
  ['reads by a URL', 'names: "a?b" is refused or safe'],
  ['reads by a URL', 'names: "%61" is refused or safe'],
  ['locks along a path', 'names: "./a" is refused or safe'],
  ['drops an empty checkpoint', 'bytes: keeps 0 in one chunk'],
  ['listens to the process', 'hygiene: no listener of the process is left'],
  ['forgets when opened anew', 'durable: bytes, version and keys are there when opened anew'],
  ['claims locking without a lock', 'locks: a second holder is refused'],
];

test('a store that keeps all rules passes every test', async () => {
  const { names, failed } = await runKit(() => storeWith());
  expect([...failed]).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test.each(BROKEN)('a store that %s fails "%s"', async (defect, name) => {
  const { names, failed } = await runKit(
    () => storeWith(defect),
    SUPPORTS,
    (one) => one === name,
  );
  expect(names).toContain(name);
  expect([...failed.keys()]).toEqual([name]);
  expect(failed.get(name)).not.toBe('');
});

test('what is not claimed is skipped, with the reason', async () => {
  const supports: StoreSupports = { durable: false, fencing: false, locking: false };
  const { names, skipped, failed } = await runKit(
    () => ({ ...plainStore(undefined, new Map(), new Map(), Infinity), supports }),
    supports,
  );
  expect([...failed]).toEqual([]);
  expect(names.filter((name) => name.endsWith(': not claimed'))).toEqual([]);
  expect([...skipped].slice(0, 7)).toEqual([
    ['bytes: a largest size: not claimed', 'supports.maxBytes is absent'],
    ['delete: with a condition: not claimed', 'supports.fencing is false'],
    ['fencing: not claimed', 'supports.fencing is false'],
    ['locks: not claimed', 'supports.locking is false'],
    ['durable: not claimed', 'supports.durable is false'],
    ['faults: not claimed', 'makeFaulty is absent'],
    ['kills: not claimed', 'makeKillable is absent'],
  ]);
});

test('skips by test.skip, and while a test runs by the context that the runner passes to it', async () => {
  const registered: string[] = [];
  const runs = new Map<string, (context?: unknown) => Promise<void>>();
  const register = Object.assign((name: string, run: () => Promise<void>): void => void runs.set(name, run), {
    skip: (name: string) => registered.push(name),
  });
  storeConformance({ test: register, make: () => storeWith(), supports: SUPPORTS });
  expect(registered).toEqual(['faults: not claimed', 'kills: not claimed']);

  const run = runs.get('replace: a set creates again what was wiped');
  const reasons: string[] = [];
  await run?.({ skip: (reason: string) => reasons.push(reason) });
  expect(reasons).toEqual(['not claimed: make gives no wipe']);
  await expect(run?.()).resolves.toBeUndefined();
  // A runner that sees a parameter passes a callback, or wants fixtures.
  expect(run?.length).toBe(0);
});

test('a store that declares something else than was claimed fails', async () => {
  const { failed } = await runKit(() => storeWith(), { ...SUPPORTS, fencing: false });
  expect(failed.get('supports: is what was claimed')).toMatch(/supports\.fencing must be false, but is true/);
});

test('a durable store without reopen fails, for it cannot be shown', async () => {
  const { failed } = await runKit(() => plainStore());
  expect([...failed.keys()]).toEqual([
    'durable: bytes, version and keys are there when opened anew',
    'durable: what was deleted stays away when opened anew',
  ]);
});

test('every test gets a store of its own, cleaned up whether it passes or fails', async () => {
  let [made, cleaned] = [0, 0];
  const make = (): StoreUnderTest => {
    made += 1;
    return { ...storeWith('ignores conditions'), cleanup: () => void (cleaned += 1) };
  };
  const { names } = await runKit(make);
  expect(made).toBe(names.length);
  expect(cleaned).toBe(made);
});

test('asks nothing of a store larger than it claims to take', async () => {
  const largest = 10_000;
  const sizes: number[] = [];
  const supports = { ...SUPPORTS, durable: false, maxBytes: largest };
  const { failed } = await runKit(() => {
    const store = plainStore();
    return {
      ...store,
      supports,
      set: async (key, content, condition) => {
        sizes.push(content.byteLength);
        if (content.byteLength > largest) throw new Error('too large');
        return store.set(key, content, condition);
      },
    };
  }, supports);
  expect([...failed]).toEqual([]);
  expect(sizes.filter((size) => size > largest)).toEqual([largest + 1]);
});
