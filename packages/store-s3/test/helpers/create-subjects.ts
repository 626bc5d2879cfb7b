import type { CheckpointStore, StoreLock } from '@keepfit/callbacks/store';
import type { FaultySubject, KillableSubject } from '@keepfit/callbacks/testing';
import { runAndKill } from '../../../../test/programs/run-and-kill.js';
import { s3Store } from '../../src/index.js';
import type { S3Server } from './s3-server.js';
import { signedFetch } from './signed-fetch.js';

/**
 * Which tests of the kit run on Ceph in `npm run test:long`. `npm test` runs the others on a server in memory, and those
 * of faults, which nobody can ask of Ceph.
 */
export const isForCeph = (name: string): boolean => !name.startsWith('faults: ') && name.length % 2 === 1;

export const supports = { durable: true, fencing: true, locking: true };

/** Returns the function that creates a store in a folder of its own, and releases its locks after the test. */
export function createSubjects(getServer: () => S3Server): () => FaultySubject {
  let subjects = 0;
  return () => {
    const server = getServer();
    const prefix = `subject-${subjects++}/`;
    const locks: StoreLock[] = [];
    const open = (): CheckpointStore => {
      const store = s3Store({ url: server.url, prefix, fetch, ttl: 27_000 });
      const lock = async (key: string): Promise<StoreLock> => {
        const held = (await store.lock?.(key)) as StoreLock;
        locks.push(held);
        return held;
      };
      return { ...store, lock };
    };
    let fault: Parameters<FaultySubject['failAt']>[0];
    let [count, hasFailed] = [0, false];
    server.plan = () => {
      const isDue =
        fault !== undefined && (fault.forEver ? count >= fault.operation : count === fault.operation);
      count += 1;
      hasFailed ||= isDue;
      return isDue ? 'lost' : undefined;
    };
    const wipe = (): void => {
      for (const name of server.objects.keys()) if (name.startsWith(prefix)) server.objects.delete(name);
    };
    return {
      store: open(),
      reopen: open,
      wipe,
      loseLock: (key) => server.replace(`${prefix}${key}/lease`, { term: 1, isReleased: true }),
      failAt: (next) => {
        [fault, count] = [next, 0];
      },
      get hasFailed() {
        return hasFailed;
      },
      async cleanup() {
        await Promise.all(locks.map((lock) => lock.release()));
        wipe();
        server.plan = () => undefined;
        server.received.length = 0;
      },
    };
  };
}

/** Returns the function that creates a store in a folder of a bucket, whose writer is a process to kill. */
export function createKillableSubjects(getBucket: () => string): () => KillableSubject {
  let subjects = 0;
  return () => {
    const [url, prefix] = [getBucket(), `killable-${subjects++}/`];
    return {
      runAndKill: (first, count) =>
        runAndKill('packages/store-s3/test/helpers/set-for-ever.ts', [url, prefix, String(first)], count),
      reopen: () => s3Store({ url, prefix, fetch: signedFetch }),
    };
  };
}
