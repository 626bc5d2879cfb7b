import { createContent } from '@keepfit/callbacks/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { triesAll } from '../../../test/setup/sample.js';
import { s3Store } from '../src/index.js';
import { createBytes } from './helpers/create-bytes.js';
import { raceWriters } from './helpers/race-writers.js';
import { type Received, type S3Server, startS3Server } from './helpers/s3-server.js';
import { shortenWaits } from './helpers/short-waits.js';

let restoreWaits: () => void;
let server: S3Server;
beforeAll(() => void (restoreWaits = shortenWaits()));
afterAll(() => restoreWaits());
beforeEach(async () => void (server = await startS3Server()));
afterEach(() => server.close());

const NEXT = createBytes(800, 2);

/** A program, whose requests reach the server while it is not cut off. */
function startProgram(): { store: ReturnType<typeof s3Store>; cut: () => void; name: string } {
  let isCut = false;
  const name = Math.random().toString(36);
  const store = s3Store({
    url: server.url,
    ttl: 9000,
    fetch: (url, init) =>
      isCut
        ? new Promise(() => undefined)
        : fetch(url, {
            ...init,
            headers: { ...(init.headers as Record<string, string>), 'x-program': name },
          }),
  });
  return { store, name, cut: () => void (isCut = true) };
}

/** How many requests a set of two parts sends. */
const REQUESTS = 7;

test.each(Array.from({ length: REQUESTS }, (_, at) => at))(
  'a holder that hangs in request %i of a set cannot replace the checkpoint of the next one',
  async (at) => {
    const [former, next] = [startProgram(), startProgram()];
    await former.store.lock?.('backup');
    const version = await former.store.set('backup', createContent(createBytes(900, 1)));
    let [count, free] = [0, (): void => undefined];
    const hangs = new Promise<void>((resolve) => {
      server.plan = async ({ headers, name }: Received) => {
        if (headers['x-program'] !== former.name || name.endsWith('/lease') || count++ !== at)
          return undefined;
        former.cut();
        resolve();
        await new Promise<void>((free_) => (free = free_));
        return undefined;
      };
    });
    const late = former.store.set('backup', createContent(createBytes(9 * 2 ** 20, 3), 2 ** 20), {
      replaces: version,
    });
    late.catch(() => undefined);
    await hangs;
    const held = await next.store.lock?.('backup');
    const now = await next.store.get('backup');
    expect(now).toBeDefined();
    const stored = await next.store.set('backup', createContent(NEXT), { replaces: now?.version ?? null });
    // Only now is the request of the former holder carried out.
    const seen = server.received.length;
    free();
    await expect.poll(() => server.received.length).toBeGreaterThanOrEqual(seen);
    const found = await next.store.get('backup');
    expect(found?.version).toBe(stored);
    expect(found?.bytes).toEqual(NEXT);
    await held?.release();
  },
);

test('a lock is taken over when its holder has renewed it no more for its time to live', async () => {
  const [former, next] = [startProgram(), startProgram()];
  await former.store.lock?.('backup');
  await expect(next.store.lock?.('backup')).rejects.toMatchObject({ code: 'KEEPFIT_STORE_LOCKED' });
  former.cut();
  const held = await next.store.lock?.('backup');
  await held?.release();
});

test('a holder that comes back learns that it has lost its lock, and removes nothing', async () => {
  const [former, next] = [startProgram(), startProgram()];
  const lock = await former.store.lock?.('backup');
  await former.store.set('backup', createContent(createBytes(900, 1)));
  server.replace('backup/lease', { term: 1, isReleased: true });
  const held = await next.store.lock?.('backup');
  await expect.poll(() => lock?.lost?.aborted).toBe(true);
  const refused = { code: 'KEEPFIT_STORE_CONFLICT' };
  await expect(former.store.set('backup', createContent(NEXT))).rejects.toMatchObject(refused);
  await expect(former.store.delete('backup')).rejects.toMatchObject(refused);
  await lock?.release();
  expect((await next.store.get('backup'))?.bytes).toEqual(createBytes(900, 1));
  await held?.release();
});

test('a taker that was slow does not put its fence over that of a later one', async () => {
  const [slow, next] = [startProgram(), startProgram()];
  let free = (): void => undefined;
  const hangs = new Promise<void>((resolve) => {
    server.plan = async ({ headers, method, name }) => {
      if (headers['x-program'] !== slow.name || method !== 'PUT' || name !== 'backup/current')
        return undefined;
      resolve();
      await new Promise<void>((free_) => (free = free_));
      return undefined;
    };
  });
  const late = slow.store.lock?.('backup');
  late?.catch(() => undefined);
  await hangs;
  server.replace('backup/lease', { term: 1, isReleased: true });
  server.plan = () => undefined;
  const held = await next.store.lock?.('backup');
  free();
  await expect(late).rejects.toMatchObject({ code: 'KEEPFIT_STORE_LOCKED' });
  await next.store.set('backup', createContent(NEXT));
  expect(held?.lost?.aborted).toBe(false);
  await held?.release();
});

const [many, rounds] = triesAll ? [100, 20] : [20, 2];

test(`of ${many} writers at once one wins, in each of ${rounds} rounds`, async () => {
  const winners = await raceWriters({ url: server.url, fetch }, many, rounds);
  expect(winners).toEqual(Array.from({ length: rounds }, () => 1));
});

test('the next holder removes the objects and ends the uploads of one that was killed', async () => {
  const [former, next] = [startProgram(), startProgram()];
  await former.store.lock?.('backup');
  await former.store.set('backup', createContent(createBytes(900, 1)));
  server.objects.set(`backup/nobody.1`, { bytes: Buffer.of(1), etag: '1', generation: '1' });
  const hangs = new Promise<void>((resolve) => {
    server.plan = ({ query }) => {
      if (!query.has('partNumber')) return undefined;
      former.cut();
      resolve();
      return 'silent';
    };
  });
  void former.store.set('backup', createContent(createBytes(9 * 2 ** 20, 3))).catch(() => undefined);
  await hangs;
  expect(server.uploads.size).toBe(1);
  const held = await next.store.lock?.('backup');
  expect(server.uploads.size).toBe(0);
  expect([...server.objects.keys()].filter((name) => name.startsWith('backup/'))).toHaveLength(3);
  await held?.release();
});
