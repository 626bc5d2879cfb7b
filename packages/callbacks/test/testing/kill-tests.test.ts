import { expect, test } from 'vitest';
import { storeConformance } from '../../src/testing/index.js';
import { killableStore, type KillDefect } from './killable-store.js';
import { plainStore } from './plain-store.js';

/**
 * Runs the group kills; gives the names of its tests, the messages of those that failed, and how often it
 * cleaned up.
 */
async function runKills(
  defect?: KillDefect,
): Promise<{ names: string[]; failed: Map<string, string>; cleaned: number }> {
  const tests: [string, () => Promise<void>][] = [];
  let cleaned = 0;
  storeConformance({
    test: (name, run) => tests.push([name, run]),
    make: () => plainStore(),
    makeKillable: () => ({ ...killableStore(defect), cleanup: () => void (cleaned += 1) }),
    supports: plainStore().supports,
  });
  const kills = tests.filter(([name]) => name.startsWith('kills: '));
  const failed = new Map<string, string>();
  for (const [name, run] of kills)
    await run().catch((error: unknown) => failed.set(name, (error as Error).message));
  return { names: kills.map(([name]) => name), failed, cleaned };
}

test('a store that a kill leaves whole passes', async () => {
  const { names, failed, cleaned } = await runKills();
  expect([...failed]).toEqual([]);
  expect(names).toHaveLength(2);
  expect(cleaned).toBe(2);
});

test.each<[KillDefect, RegExp, RegExp]>([
  [
    'acknowledges before it stored',
    /after each of 3 kills/,
    /after a kill that followed an acknowledged set, but gave undefined/,
  ],
  [
    'gives a stale copy after a kill',
    /after each of 3 kills/,
    /number 3 was acknowledged before the kill, but number 2 is there/,
  ],
  ['writes in place', /after each of 3 kills/, /byte \d+ must be \d+ after a kill, but is/],
  ['is empty after a kill', /after each of 3 kills/, /but gave undefined/],
  ['leaves what it began as a key', /what was killed is no key/, /keys must be "backup" after a kill/],
  [
    'keeps the lock of the killed',
    /what was killed is no key/,
    /the lock of a killed process must be free: .*a process that is gone/,
  ],
])('a store that %s fails %s', async (defect, name, message) => {
  const { failed, cleaned } = await runKills(defect);
  expect([...failed].filter(([failing, said]) => name.test(failing) && message.test(said))).toHaveLength(1);
  expect(cleaned).toBe(2);
});
