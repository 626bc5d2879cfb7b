import { storeConformance, type StoreUnderTest } from '@keepfit/callbacks/testing';
import type { CheckpointStore, StoreLock } from '@keepfit/callbacks/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sample, triesAll } from '../../../test/setup/sample.js';
import { s3Store } from '../src/index.js';
import { createCephBucket } from './helpers/ceph-bucket.js';
import { createKillableSubjects, isForCeph, supports } from './helpers/create-subjects.js';
import { raceWriters } from './helpers/race-writers.js';
import { shortenWaits } from './helpers/short-waits.js';
import { signedFetch } from './helpers/signed-fetch.js';
import { createExpected, stopAndTakeOver, stops } from './helpers/stop-and-take-over.js';

const bucket = await createCephBucket();
if (bucket === undefined)
  console.warn('No Ceph answers, so its tests are left out: npm run rig:ceph -- npm run test:long');

describe.skipIf(bucket === undefined)('on Ceph', () => {
  const url = bucket ?? '';
  let subjects = 0;

  function make(): StoreUnderTest {
    const locks: StoreLock[] = [];
    const prefix = `subject-${subjects++}/`;
    const open = (): CheckpointStore => {
      const store = s3Store({ url, prefix, fetch: signedFetch, ttl: 600 });
      const lock = async (key: string): Promise<StoreLock> => {
        const held = (await store.lock?.(key)) as StoreLock;
        locks.push(held);
        return held;
      };
      return { ...store, lock };
    };
    return {
      store: open(),
      reopen: open,
      cleanup: async () => void (await Promise.all(locks.map((lock) => lock.release()))),
    };
  }

  const makeKillable = createKillableSubjects(() => url);
  storeConformance({
    test: (name, run) => (triesAll || isForCeph(name)) && test(name, run),
    skip: (name) => test.skip(name),
    make,
    makeKillable,
    supports,
    manyKeys: triesAll ? 1001 : 30,
  });

  const [many, rounds] = triesAll ? [100, 20] : [20, 4];

  test(`of ${many} writers at once one wins, in each of ${rounds} rounds`, async () => {
    const winners = await raceWriters({ url, fetch: signedFetch }, many, rounds);
    expect(winners).toEqual(Array.from({ length: rounds }, () => 1));
  });

  describe('and a process', () => {
    let restoreWaits: () => void;
    beforeAll(() => void (restoreWaits = shortenWaits()));
    afterAll(() => restoreWaits());

    test.concurrent.each(sample(stops, 2))(
      'that is stopped at the %j, and continues after a takeover, changes nothing',
      async (stop) => {
        expect(await stopAndTakeOver(url, stop)).toEqual(createExpected(stop));
      },
    );
  });
});
