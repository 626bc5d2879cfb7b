import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { withLease } from './broken-leases.js';
import { runKit } from './run-kit.js';
import { newWorld, type Overrides, tick, worldSubject } from './world-store.js';

const supports = { durable: true, fencing: true, locking: true };

const CORRECT: [string, Overrides][] = [
  [
    'takes a turn of the event loop for each call',
    (_, good) => ({
      set: async (key, content, condition) => tick().then(() => good.set(key, content, condition)),
      delete: async (key, condition) => tick().then(() => good.delete(key, condition)),
      keys: async () => tick().then(() => good.keys()),
    }),
  ],
  ['has a delete without a condition', (_, good) => ({ delete: (key) => good.delete(key) })],
  ['has a lease that refuses its former holder', withLease({ age: 30_000, checks: ['set', 'delete'] })],
];

test.each(CORRECT)('a store that %s passes every test', async (_, overrides) => {
  const { failed } = await runKit(() => worldSubject(overrides), supports);
  expect([...failed]).toEqual([]);
});

test('a store that gives equal contents equal versions passes every test', async () => {
  const createVersion = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const { failed } = await runKit(() => worldSubject(undefined, { ...newWorld(), createVersion }), supports);
  expect([...failed]).toEqual([]);
});
