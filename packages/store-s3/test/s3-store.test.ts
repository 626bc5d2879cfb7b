import { type FaultySubject, storeConformance, type StoreUnderTest } from '@keepfit/callbacks/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { s3Store, type S3StoreOptions } from '../src/index.js';
import { type S3Server, type ServerKind, startS3Server } from './helpers/s3-server.js';
import { shortenWaits } from './helpers/short-waits.js';

const supports = { durable: true, fencing: true, locking: true };

let restoreWaits: () => void;
beforeAll(() => void (restoreWaits = shortenWaits()));
afterAll(() => restoreWaits());

describe.each<ServerKind>(['aws', 'ceph', 'gcs'])('on a server like %s', (kind) => {
  let server: S3Server;
  beforeAll(async () => void (server = await startS3Server(kind)));
  afterAll(() => server.close());
  let subjects = 0;

  const make = (): FaultySubject => {
    const prefix = `subject-${subjects++}/`;
    const options: S3StoreOptions = {
      url: server.url,
      prefix,
      fetch,
      ttl: 27_000,
      dialect: kind === 'gcs' ? 'gcs' : 's3',
    };
    let fault: Parameters<FaultySubject['failAt']>[0];
    let [count, hasFailed] = [0, false];
    server.plan = () => {
      const isDue = fault !== undefined && (fault.forEver ? count >= fault.operation : count === fault.operation);
      count += 1;
      hasFailed ||= isDue;
      return isDue ? 'lost' : undefined;
    };
    const wipe = (): void => {
      for (const name of server.objects.keys()) if (name.startsWith(prefix)) server.objects.delete(name);
    };
    return {
      store: s3Store(options),
      reopen: () => s3Store(options),
      wipe,
      loseLock: (key) => void server.objects.delete(`${prefix}${key}/lease`),
      failAt: (next) => {
        [fault, count] = [next, 0];
      },
      get hasFailed() {
        return hasFailed;
      },
      cleanup: () => {
        wipe();
        server.plan = () => undefined;
      },
    };
  };
  storeConformance({
    test,
    make: make as () => StoreUnderTest,
    supports,
    manyKeys: kind === 'aws' ? 1100 : 20,
    ...(kind === 'aws' && { makeFaulty: make }),
  });
});
