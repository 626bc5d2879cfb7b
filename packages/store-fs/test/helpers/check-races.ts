import { expect, test } from 'vitest';
import { toFolder } from '../../src/folder/folder.js';
import { acquireLock } from '../../src/lock/acquire-lock.js';
import { fakeHost } from './fake-host.js';
import { type Race, type RaceEnd, runEveryOrder } from './interleave.js';
import { tinyFs } from './tiny-fs.js';

const getUuid = (digit: number): string => `${digit}1111111-1111-4111-8111-111111111111`;

const formatDead = (digit: number): string =>
  JSON.stringify({
    host: 'alpha',
    bootId: 'boot-1',
    pid: 70 + digit,
    startTime: '4000',
    uuid: getUuid(digit),
    since: '2026-01-02T03:04:05.678Z',
  });

/** What killed trainers may have left. */
export const LEFT = {
  nothing: {},
  'a lock': { '.backup.lock': formatDead(1) },
  'a lock that was being taken over': {
    '.backup.lock': formatDead(1),
    [`.backup.lock.${getUuid(1)}`]: formatDead(2),
  },
  'a half-written lock': { '.backup.lock': '', [`.backup.${getUuid(1)}.claim`]: formatDead(1) },
} as const;

export const RACE: Race = { starters: 2, kills: 0, releases: false, hasLinks: true, files: LEFT['a lock'] };

/** Tests that in every order of their steps, never two starters hold the lock and nobody is locked out. */
export function checkRaces(races: Readonly<Record<string, Race>>): void {
  test.each(Object.entries(races))(
    'never two hold the lock in any order of the steps: %s',
    { timeout: 1_800_000 },
    async (_what, race) => {
      const count = await runEveryOrder(race, async (end) => {
        const held = end.states.filter((state) => state === 'holds').length;
        if (race.kills === 0 && !race.releases) expect(held).toBe(1);
        await checkNext(race, end);
      });
      expect(count).toBeGreaterThan(50);
    },
  );
}

/** After the race, when all its trainers are gone, the next one gets the lock and leaves nothing. */
async function checkNext(race: Race, { files }: RaceEnd): Promise<void> {
  const left = new Map([...files].map(([path, text]) => [path, { bytes: Buffer.from(text) }]));
  const folder = toFolder('/runs', tinyFs(left, race.hasLinks), fakeHost());
  const lock = await acquireLock(folder, 'backup');
  expect([...left.keys()]).toEqual(['/runs/.backup.lock']);
  await lock.release();
  expect([...left.keys()]).toEqual([]);
}
