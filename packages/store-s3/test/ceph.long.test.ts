import { createContent, storeConformance, type StoreUnderTest } from '@keepfit/callbacks/testing';
import type { CheckpointStore, StoreLock } from '@keepfit/callbacks/store';
import { describe, expect, test } from 'vitest';
import { triesAll } from '../../../test/setup/sample.js';
import { s3Store } from '../src/index.js';
import { createCephBucket } from './helpers/ceph-bucket.js';
import { createBytes } from './helpers/create-bytes.js';

const bucket = await createCephBucket();
if (bucket === undefined)
  console.warn('No Ceph answers on port 7480 (see scripts/proof/ceph/start.sh): its tests are left out.');

describe.skipIf(bucket === undefined)('on Ceph', () => {
  let subjects = 0;

  function make(): StoreUnderTest {
    const locks: StoreLock[] = [];
    const options = { ...(bucket as NonNullable<typeof bucket>), prefix: `subject-${subjects++}/`, ttl: 600 };
    const open = (): CheckpointStore => {
      const store = s3Store(options);
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

  const supports = { durable: true, fencing: true, locking: true };
  storeConformance({ test, make, supports, manyKeys: triesAll ? 1001 : 30 });

  const [many, rounds] = triesAll ? [100, 20] : [20, 4];

  test(`of ${many} writers at once one wins, in each of ${rounds} rounds`, async () => {
    const writers = Array.from({ length: many }, () =>
      s3Store({ ...(bucket as NonNullable<typeof bucket>) }),
    );
    let replaces: string | null = null;
    for (let round = 0; round < rounds; round++) {
      const outcomes = await Promise.allSettled(
        writers.map((store) => store.set('race', createContent(createBytes(50, round)), { replaces })),
      );
      const won: string[] = outcomes.flatMap((outcome) =>
        outcome.status === 'fulfilled' ? [outcome.value] : [],
      );
      expect(won).toHaveLength(1);
      replaces = won[0] ?? null;
      expect((await writers[0]?.get('race'))?.version).toBe(replaces);
    }
  });
});
