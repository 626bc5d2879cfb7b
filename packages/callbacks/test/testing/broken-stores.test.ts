import { expect, test } from 'vitest';
import { BROKEN_BYTES } from './broken-bytes.js';
import { BROKEN_KEYS } from './broken-keys.js';
import { BROKEN_LEASES, withLease } from './broken-leases.js';
import { BROKEN_LOCKS } from './broken-locks.js';
import { BROKEN_VERSIONS } from './broken-versions.js';
import { runKit } from './run-kit.js';
import { worldSubject } from './world-store.js';

const supports = { durable: true, fencing: true, locking: true };

const NO_CONDITION = 'delete of this store takes no condition';

const BROKEN = [...BROKEN_BYTES, ...BROKEN_VERSIONS, ...BROKEN_KEYS, ...BROKEN_LOCKS, ...BROKEN_LEASES];

test.each(BROKEN)('a store that %s fails "%s"', async (_, name, overrides) => {
  const { names, failed } = await runKit(
    () => worldSubject(overrides),
    supports,
    (one) => one === name,
  );
  expect(names).toContain(name);
  expect([...failed.keys()]).toEqual([name]);
  expect(failed.get(name)).not.toBe('');
});

test('a store that keeps all rules passes every test', async () => {
  const { names, failed } = await runKit(() => worldSubject(), supports);
  expect([...failed]).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test('a lease that refuses its former holder passes', async () => {
  const lease = withLease({ age: 200, checks: ['set', 'delete'] });
  const { failed } = await runKit(
    () => worldSubject(lease),
    supports,
    (name) => name.startsWith('locks: a holder'),
  );
  expect([...failed]).toEqual([]);
});

test('without the hooks wipe and loseLock, their tests are skipped', async () => {
  const { skipped } = await runKit(
    () => {
      const { store, reopen } = worldSubject((_, good) => ({ delete: (key) => good.delete(key) }));
      return { store, ...(reopen && { reopen }) };
    },
    supports,
    (name) => /^(delete|replace: a set creates|locks: a (store|holder that lost))/.test(name),
  );
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
