import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { BROKEN_BYTES } from './broken-bytes.js';
import { BROKEN_KEYS } from './broken-keys.js';
import { BROKEN_LOCKS, withLease } from './broken-locks.js';
import { BROKEN_VERSIONS } from './broken-versions.js';
import { runKit } from './run-kit.js';
import { newWorld, type Overrides, tick, worldSubject } from './world-store.js';

const supports = { durable: true, fencing: true, locking: true };

const NO_CONDITION = 'delete of this store takes no condition';

const BROKEN = [...BROKEN_BYTES, ...BROKEN_VERSIONS, ...BROKEN_KEYS, ...BROKEN_LOCKS];

test.each(BROKEN)('a store that %s fails "%s"', async (_, name, overrides) => {
  const { names, failed } = await runKit(() => worldSubject(overrides), supports, name);
  expect(names).toContain(name);
  expect([...failed.keys()]).toEqual([name]);
  expect(failed.get(name)).not.toBe('');
});

const CORRECT: [string, Overrides][] = [
  ['has nothing special', () => ({})],
  [
    'takes a turn of the event loop for each call',
    (_, good) => ({
      set: async (key, content, condition) => tick().then(() => good.set(key, content, condition)),
      delete: async (key, condition) => tick().then(() => good.delete(key, condition)),
      keys: async () => tick().then(() => good.keys()),
    }),
  ],
  ['has a delete without a condition', (_, good) => ({ delete: (key) => good.delete(key) })],
  ['has a lease that refuses its former holder', withLease({ age: 200, checks: ['set', 'delete'] })],
];

test.each(CORRECT)('a store that %s passes every test', async (_, overrides) => {
  const { names, failed } = await runKit(() => worldSubject(overrides), supports);
  expect([...failed]).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test('a store that gives equal contents equal versions passes every test', async () => {
  const createVersion = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const { failed } = await runKit(() => worldSubject(undefined, { ...newWorld(), createVersion }), supports);
  expect([...failed]).toEqual([]);
});

test('without the hooks wipe and loseLock, their tests are skipped', async () => {
  const { skipped } = await runKit(() => {
    const { store, reopen } = worldSubject((_, good) => ({ delete: (key) => good.delete(key) }));
    return { store, ...(reopen && { reopen }) };
  }, supports);
  expect([...skipped]).toEqual([
    ['bytes: a largest size: not claimed', 'supports.maxBytes is absent'],
    ['faults: not claimed', 'makeFaulty is absent'],
    ['kills: not claimed', 'makeKillable is absent'],
    ['delete: removes the version that its condition names', NO_CONDITION],
    ['delete: conflicts if another version is stored, and changes nothing', NO_CONDITION],
    ['delete: a condition on an absent key stores nothing', NO_CONDITION],
    ['delete: an old version conflicts after a delete and a set', NO_CONDITION],
    ['delete: of a set and a delete at once with one condition, one wins', NO_CONDITION],
    ['replace: a set creates again what was wiped', 'make gives no wipe'],
    ['locks: a store wiped under a lock can be written again', 'make gives no wipe'],
    ['locks: a holder that lost its lock can write no more, when another trains', 'make gives no loseLock'],
    [
      'locks: a holder that lost its lock can write no more, when another has finished',
      'make gives no loseLock',
    ],
  ]);
});
