import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createContent } from '@keepfit/callbacks/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { programFile } from '../../../test/programs/program-file.js';
import { s3Store } from '../src/index.js';
import type { Lease } from '../src/lock/lease.js';
import { type S3Server, startS3Server } from './helpers/s3-server.js';

const LEASE = 'backup/lease';
const program = programFile('packages/store-s3/test/helpers/renewing-thread.ts');

let server: S3Server;
let threads: Worker[];
beforeEach(async () => {
  server = await startS3Server();
  threads = [];
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(threads.map((thread) => thread.terminate()));
  await server.close();
});

function start(file = program, options = {}): Worker {
  const thread = new Worker(file, options);
  threads.push(thread);
  return thread;
}

const open = (ttl: number, thread = () => start()) => s3Store({ url: server.url, fetch, ttl, thread });
const readLease = (): Lease => JSON.parse(String(server.objects.get(LEASE)?.bytes)) as Lease;

/** Resolves after so many more renewals have reached the server. */
function waitForRenewals(count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    server.plan = ({ method, name }) => {
      if (method === 'PUT' && name === LEASE && --left === 0) resolve();
      return undefined;
    };
  });
}

test('a lease is renewed while a step keeps the process of the training busy', async () => {
  const trainer = programFile('packages/store-s3/test/helpers/blocked-trainer.ts');
  const child = spawn(process.execPath, [trainer, server.url, program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    await waitForRenewals(5);
    expect(readLease().isReleased).toBe(false);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

test('the thread is one of a lock: it ends with the release, and the next lock has another', async () => {
  const store = open(27_000);
  for (const count of [1, 2]) {
    const lock = await store.lock?.('backup');
    expect(threads).toHaveLength(count);
    await store.set('backup', createContent(Uint8Array.of(count)));
    const exit = once(threads[count - 1] as Worker, 'exit');
    await Promise.all([lock?.release(), lock?.release()]);
    expect(readLease()).toMatchObject({ term: count, isReleased: true });
    await exit;
  }
});

test('a lock whose lease another has taken is lost, and the thread ends', async () => {
  const lock = await open(300).lock?.('backup');
  const lost = lock?.lost as AbortSignal;
  const exit = once(threads[0] as Worker, 'exit');
  server.replace(LEASE, { ...readLease(), holder: 'another', term: 2 });
  if (!lost.aborted) await once(lost, 'abort');
  await exit;
  await lock?.release();
  expect(readLease().holder).toBe('another');
});

test('a set whose renewal finds that the lock is lost rejects', async () => {
  const store = open(27_000);
  const lock = await store.lock?.('backup');
  server.replace(LEASE, { ...readLease(), holder: 'another', term: 2 });
  // Somebody has emptied the folder, so the fence is gone too.
  server.objects.delete('backup/current');
  await expect(store.set('backup', createContent(Uint8Array.of(1)))).rejects.toThrow(
    /^KEEPFIT_STORE_CONFLICT/,
  );
  expect(lock?.lost?.aborted).toBe(true);
});

test('a thread that does not call renewLeases is an error, and leaves the lock to others', async () => {
  await expect(open(27_000, () => start('', { eval: true })).lock?.('backup')).rejects.toThrow(
    /^KEEPFIT_STORE_FAILED: the thread that renews the lease has ended \(it ended with 0\); it must call renewLeases/,
  );
  await expect(open(27_000, () => start('/no/such/program.mjs')).lock?.('backup')).rejects.toThrow(
    /^KEEPFIT_STORE_FAILED: the thread that renews the lease has ended \(Cannot find module/,
  );
  await (await open(27_000).lock?.('backup'))?.release();
});

test('the training renews the lease of a thread that ends by itself, and says so once', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  const lock = await open(300).lock?.('backup');
  await threads[0]?.terminate();
  await waitForRenewals(3);
  expect(warn.mock.calls.flat()).toEqual([
    expect.stringMatching(/the thread that renews the lease has ended .* renews it from now on/),
  ]);
  await lock?.release();
  expect(readLease().isReleased).toBe(true);
});

test('what a server refuses the thread is an error of the training', async () => {
  const lock = await open(27_000).lock?.('backup');
  server.refusal = { status: 403, code: 'AccessDenied' };
  await expect(lock?.release()).rejects.toThrow(/^KEEPFIT_STORE_FAILED: could not PUT backup\/lease .*allow/);
  server.refusal = undefined;
});

test.each([
  [() => 3, /^KEEPFIT_INVALID_OPTION: the option thread of s3Store must return a new Worker, not 3/],
  [() => undefined, /must return a new Worker, not undefined/],
])('refuses what is no Worker', async (thread, message) => {
  await expect(open(27_000, thread as never).lock?.('backup')).rejects.toThrow(message);
  expect(readLease().isReleased).toBe(true);
});
