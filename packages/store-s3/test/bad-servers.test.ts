import { createContent } from '@keepfit/callbacks/testing';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { s3Store, type S3StoreOptions } from '../src/index.js';
import { createBytes } from './helpers/create-bytes.js';
import { type Fault, type S3Server, type ServerKind, startS3Server } from './helpers/s3-server.js';
import { shortenWaits } from './helpers/short-waits.js';

const MIB = 2 ** 20;
/** Two parts. */
const LARGE = createBytes(9 * MIB, 1);

let restoreWaits: () => void;
beforeEach(() => void (restoreWaits = shortenWaits(1000)));
afterEach(() => restoreWaits());

async function start(kind: ServerKind = 'aws'): Promise<S3Server> {
  const server = await startS3Server(kind);
  onTestFinished(() => server.close());
  return server;
}

const open = ({ url }: S3Server, options: Partial<S3StoreOptions> = {}): ReturnType<typeof s3Store> =>
  s3Store({ url, fetch, ...options });

test.each<[ServerKind, S3StoreOptions['dialect']]>([
  ['aws', 's3'],
  ['ceph', 's3'],
  ['gcs', 'gcs'],
])('keeps, replaces, locks and deletes on a server like %s', async (kind, dialect) => {
  const store = open(await start(kind), { dialect });
  const lock = await store.lock?.('backup');
  const first = await store.set('backup', createContent(createBytes(100, 1)), { replaces: null });
  await store.set('backup', createContent(createBytes(90, 2)), { replaces: first });
  expect((await store.get('backup'))?.bytes).toEqual(createBytes(90, 2));
  await store.delete('backup');
  expect(await store.get('backup')).toBeUndefined();
  await lock?.release();
});

test.each<[ServerKind, S3StoreOptions['dialect'], RegExp]>([
  ['careless', 's3', /overwrites an object although a PUT asks for nothing to be there/],
  ['gcs', 's3', /has no ETag|overwrites an object|refuses a PUT/],
])(
  'a server like %s is refused by the dialect %s, before anything is stored',
  async (kind, dialect, message) => {
    const server = await start(kind);
    const store = open(server, { dialect });
    await expect(store.lock?.('backup')).rejects.toThrow(message);
    await expect(store.set('backup', createContent(createBytes(9, 1)))).rejects.toThrow(message);
    expect([...server.objects.keys()].filter((name) => !name.startsWith('backup/'))).toEqual([]);
    expect(await store.get('backup')).toBeUndefined();
  },
);

const FAULTS: readonly Fault[] = ['refused', 'lost', '500-after', 503, 409, 429, 'truncated'];

test.each(FAULTS)('repeats whichever request of a training meets the fault %s', async (fault) => {
  const server = await start();
  const store = open(server);
  const bytes = createBytes(3000, 1);
  let requests = 0;
  for (let at = 0, isDone = false; !isDone; at++) {
    requests = 0;
    server.plan = () => (requests++ === at ? fault : undefined);
    const lock = await store.lock?.('backup');
    const before = (await store.get('backup'))?.version ?? null;
    const version = await store.set('backup', createContent(bytes, MIB), { replaces: before });
    const found = await store.get('backup');
    expect(found?.version).toBe(version);
    expect(Buffer.compare(found?.bytes ?? Buffer.of(), bytes)).toBe(0);
    expect(await store.keys()).toEqual(['backup']);
    await lock?.release();
    isDone = requests <= at;
  }
  expect([...server.objects.keys()].filter((name) => name.startsWith('backup/'))).toHaveLength(3);
  expect(server.uploads.size).toBe(0);
});

test('repeats whichever request of an upload in parts has no answer', async () => {
  const server = await start();
  const store = open(server);
  let requests = 0;
  for (let at = 0; requests >= at; at++) {
    requests = 0;
    server.plan = ({ query }) =>
      (query.has('uploads') || query.has('uploadId')) && requests++ === at ? 'lost' : undefined;
    await store.set('backup', createContent(LARGE, MIB));
    expect(Buffer.compare((await store.get('backup'))?.bytes ?? Buffer.of(), LARGE)).toBe(0);
  }
  expect(requests).toBeGreaterThanOrEqual(4);
  // One was begun twice, and nobody knows the first. Whoever takes the lock ends it.
  server.plan = () => undefined;
  await (await store.lock?.('backup'))?.release();
  expect(server.uploads.size).toBe(0);
});

test.each([
  [404, 'NoSuchBucket', /create the bucket/],
  [403, 'AccessDenied', /allow this user to get, put and delete objects/],
  [403, 'InvalidAccessKeyId', /check the access key/],
  [403, 'SignatureDoesNotMatch', /check the access key/],
  [403, 'RequestTimeTooSkewed', /set the clock/],
  [301, 'PermanentRedirect', /sign for the region/],
  [400, 'AuthorizationHeaderMalformed', /sign for the region/],
  [501, 'NotImplemented', /see the documentation of this server/],
])('says how to fix %i %s', async (status, code, advice) => {
  const server = await start();
  const store = open(server);
  server.refusal = { status, code };
  for (const call of [() => store.get('backup'), () => store.lock?.('backup'), () => store.keys()]) {
    const error: Error = await Promise.resolve(call()).then(
      () => expect.unreachable(),
      (reason: unknown) => reason as Error,
    );
    expect(error).toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
    expect(error.message).toMatch(advice);
    expect(error.message).toContain(`(${status} ${code}, "said the server")`);
    expect(error.message).not.toContain('list-type');
  }
});

test('a quota that is used up is KEEPFIT_STORE_FULL', async () => {
  const server = await start();
  server.refusal = { status: 403, code: 'QuotaExceeded' };
  await expect(open(server).get('backup')).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FULL' });
});

test('gives up after six tries, and says that the server may have done it', async () => {
  const server = await start();
  server.plan = () => 'refused';
  await expect(open(server).get('backup')).rejects.toThrow(/6 tries had no whole answer/);
  expect(server.received).toHaveLength(6);
});

test('an answer without an ETag names the CORS rule', async () => {
  const server = await start();
  const hide = async (url: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(url, init);
    return new Response(response.body, { status: response.status });
  };
  await expect(open(server, { fetch: hide }).lock?.('backup')).rejects.toThrow(/ExposeHeaders: ETag/);
});

test('a page of a proxy is no checkpoint, and no absence of one', async () => {
  const server = await start();
  server.replace('backup/current', []);
  server.objects.set('other/current', {
    bytes: Buffer.from('<html>Log in</html>'),
    etag: 'e',
    generation: '1',
  });
  await expect(open(server).get('other')).rejects.toThrow(/holds no record of this store/);
});

test('an object that a lifecycle rule has deleted is an error, not an absence', async () => {
  const server = await start();
  const store = open(server);
  const version = await store.set('backup', createContent(createBytes(9, 1)));
  server.objects.delete(`backup/${version}`);
  await expect(store.get('backup')).rejects.toThrow(/lifecycle rule/);
});
