import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as nodeFs from 'node:fs/promises';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { programFile } from '../../../../test/programs/program-file.js';
import { fsStore } from '../../src/index.js';
import type { HoldInThread, ThreadOrder } from '../helpers/hold-lock-in-thread.js';
import { startTrainer } from '../helpers/trainer-process.js';

const onLinux = test.skipIf(process.platform !== 'linux');
const PROGRAM = programFile('packages/store-fs/test/helpers/hold-lock-in-thread.ts');

let short = '';
/** Too deep for a socket. */
let deep = '';
const workers: Worker[] = [];

beforeEach(async () => {
  short = await mkdtemp(join(tmpdir(), 'keepfit-thread-'));
  deep = join(short, 'x'.repeat(120));
  await mkdir(deep);
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
  await rm(short, { recursive: true, force: true });
});

/** Starts a trainer in a thread, which resolves to `held` or the message of its error. */
async function start(data: Partial<HoldInThread>): Promise<{ worker: Worker; outcome: string }> {
  const worker = new Worker(PROGRAM, {
    workerData: { folder: short, key: 'backup', isGivenFs: false, ...data },
  });
  workers.push(worker);
  const [outcome] = (await once(worker, 'message')) as [string];
  return { worker, outcome };
}

const ENDS: Readonly<Record<string, (worker: Worker) => Promise<unknown>>> = {
  'is terminated': (worker) => worker.terminate(),
  'calls process.exit': (worker) => tell(worker, 'exit'),
  'throws an uncaught error': (worker) => tell(worker, 'throw'),
  'ends without a release': (worker) => tell(worker, 'return'),
  'is terminated while its own thread writes': async (worker) => {
    worker.postMessage('write' satisfies ThreadOrder);
    await once(worker, 'message');
    await worker.terminate();
  },
};

async function tell(worker: Worker, order: ThreadOrder): Promise<void> {
  const exit = new Promise((resolve) => worker.once('exit', resolve));
  worker.once('error', () => undefined);
  worker.postMessage(order);
  await exit;
}

const PLACES: Readonly<Record<string, () => Partial<HoldInThread>>> = {
  'a socket': () => ({ folder: short }),
  'no socket, because the path is too long': () => ({ folder: deep }),
  'no socket, because it was given a file system': () => ({ folder: short, isGivenFs: true }),
};

for (const [place, getPlace] of Object.entries(PLACES)) {
  for (const [how, end] of Object.entries(ENDS)) {
    onLinux(`with ${place}, the lock of a worker thread that ${how} is free`, async () => {
      const data = getPlace();
      const { folder = '', isGivenFs } = data;
      const store = fsStore(folder, isGivenFs === true ? { fs: nodeFs } : {});
      const first = await start(data);
      expect(first.outcome).toBe('held');
      await expect(store.lock!('backup')).rejects.toMatchObject({
        code: 'KEEPFIT_STORE_LOCKED',
        message: expect.stringMatching(
          /the worker thread \d+ of this very process, which still runs; let the first/,
        ),
      });
      await end(first.worker);

      await (await store.lock!('backup')).release();
      expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
    });
  }
}

onLinux('a thread that follows a terminated one takes over its lock', async () => {
  const first = await start({ folder: deep });
  await first.worker.terminate();
  expect((await start({ folder: deep })).outcome).toBe('held');
  expect((await start({ folder: deep })).outcome).toMatch(
    /worker thread \d+ of this very process, which still runs/,
  );
});

onLinux('a worker thread is refused while the thread that started it holds the lock', async () => {
  const lock = await fsStore(deep).lock!('backup');
  expect((await start({ folder: deep })).outcome).toMatch(/thread .*of this very process, which still runs/);
  await lock.release();
  expect((await start({ folder: deep })).outcome).toBe('held');
});

onLinux('one thread that ends frees its own key only', async () => {
  const first = await start({ folder: deep, key: 'a' });
  await start({ folder: deep, key: 'b' });
  await first.worker.terminate();
  await (await fsStore(deep).lock!('a')).release();
  await expect(fsStore(deep).lock!('b')).rejects.toMatchObject({ code: 'KEEPFIT_STORE_LOCKED' });
});

onLinux('another process sees too whether the thread still runs', async () => {
  const other = await startTrainer(deep);
  try {
    const { worker } = await start({ folder: deep });
    expect(await other.tryLock()).toBe('KEEPFIT_STORE_LOCKED');
    await worker.terminate();
    expect(await other.tryLock()).toBe('held');
  } finally {
    await other.kill();
  }
});

onLinux('a socket that was closed under a living thread does not free its lock', async () => {
  await start({});
  const path = join(short, '.backup.lock');
  const { socket } = JSON.parse(await readFile(path, 'utf8')) as { socket: string };
  // A socket that refuses: its process is gone.
  await rm(join(short, socket));
  spawnSync(process.execPath, [
    '-e',
    `require('node:net').createServer().listen(${JSON.stringify(join(short, socket))}, () => process.kill(process.pid, 'SIGKILL'))`,
  ]);
  await expect(fsStore(short).lock!('backup')).rejects.toMatchObject({ code: 'KEEPFIT_STORE_LOCKED' });
});
