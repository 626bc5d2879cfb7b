import { createContent } from '@keepfit/callbacks/testing';
import { expect, test } from 'vitest';
import { toFolder } from '../../src/folder/folder.js';
import { folderStore } from '../../src/folder-store.js';
import type { FileSystem } from '../../src/index.js';
import type { LockHolder } from '../../src/lock/lock-holder.js';
import type { Host } from '../../src/system/host.js';
import { memoryFs } from '../helpers/memory-fs.js';
import { fakeHost } from '../helpers/fake-host.js';
import { fsFault, watchedFs } from '../helpers/watched-fs.js';

const LOCK = '/runs/.backup.lock';
const OTHER: LockHolder = {
  host: 'alpha',
  bootId: 'boot-1',
  pid: 77,
  startTime: '4000',
  uuid: '11111111-1111-4111-8111-111111111111',
  since: '2026-01-02T03:04:05.678Z',
};

type HolderOnDisk = { readonly [Name in keyof LockHolder]: LockHolder[Name] | null };

const held = (holder: Partial<HolderOnDisk> = {}): Record<string, string> => ({
  [LOCK]: JSON.stringify({ ...OTHER, ...holder }),
});
const acquire = (fs: FileSystem, host: Host = fakeHost()) =>
  folderStore(toFolder('/runs', fs, host)).lock!('backup');

test('the lock file says who holds it, and is gone after release', async () => {
  const { fs, volume } = memoryFs();
  const lock = await acquire(fs);
  expect(Object.keys(volume.toJSON())).toEqual([LOCK]);
  expect(JSON.parse(volume.readFileSync(LOCK, 'utf8') as string)).toEqual({
    host: 'alpha',
    bootId: 'boot-1',
    pid: 100,
    startTime: '5000',
    uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    since: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  await lock.release();
  expect(volume.toJSON('/runs')).toEqual({ '/runs': null });
});

test('the lock file is complete, and synced, before it has its name', async () => {
  const { fs, volume } = memoryFs();
  const before: string[] = [];
  await acquire(
    watchedFs(fs, ({ name, path, to }) => {
      if (path.endsWith('.tmp')) before.push(name);
      if (to !== LOCK) return;
      expect(before).toEqual(['open', 'write', 'sync', 'close', 'link']);
      expect(JSON.parse(volume.readFileSync(path, 'utf8') as string)).toMatchObject({ pid: 100 });
    }),
  );
  expect(before.at(-1)).toBe('unlink');
});

test('held by a live process: the error names pid, host, time and file', async () => {
  const { fs, volume } = memoryFs(held());
  const error = await acquire(fs, fakeHost({}, { 100: '5000', 77: '4000' })).catch(
    (reason: unknown) => reason as Error,
  );
  expect(error).toMatchObject({ code: 'KEEPFIT_STORE_LOCKED' });
  expect((error as Error).message).toMatch(
    /process 77 on host alpha has held \/runs\/\.backup\.lock since 2026-01-02T03:04:05\.678Z/,
  );
  expect(volume.toJSON()).toEqual(held());
});

test('held by this very process: the error says so', async () => {
  const { fs } = memoryFs();
  await acquire(fs);
  await expect(acquire(fs)).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_LOCKED',
    message: expect.stringContaining('this very process'),
  });
});

test('held on another host: never taken over, and the error says which file to delete', async () => {
  for (const holder of [
    { host: 'beta' },
    { host: 'beta', bootId: 'boot-0' },
    { host: 'beta', since: '1990-01-01T00:00:00.000Z' },
  ]) {
    const { fs, volume } = memoryFs(held(holder));
    const error = await acquire(fs).catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({ code: 'KEEPFIT_STORE_LOCKED' });
    expect((error as Error).message).toMatch(
      /cannot be seen from alpha; if it is gone for good, delete that file/,
    );
    expect(volume.toJSON()).toEqual(held(holder));
  }
});

for (const [what, holder, running] of [
  ['pid is free', {}, {}],
  ['pid belongs to a later process', {}, { 77: '4500' }],
  ['boot is over, though its pid is in use', { bootId: 'boot-0' }, { 77: '4000' }],
  ['boot is over, though its pid is our own', { bootId: 'boot-0', pid: 100, startTime: '5000' }, {}],
  ['pid is free, on a platform without boots and start times', { bootId: null, startTime: null }, {}],
] as const) {
  test(`taken over from a holder whose ${what}`, async () => {
    const { fs, volume } = memoryFs(held(holder));
    const lock = await acquire(fs, fakeHost({}, { 100: '5000', ...running }));
    expect(Object.keys(volume.toJSON())).toEqual([LOCK]);
    expect(JSON.parse(volume.readFileSync(LOCK, 'utf8') as string)).toMatchObject({
      pid: 100,
      bootId: 'boot-1',
    });
    await lock.release();
    expect(volume.existsSync(LOCK)).toBe(false);
  });
}

for (const [what, holder, self, startTime] of [
  ['the lock does not say when its process started', { startTime: null }, {}, '4000'],
  ['the platform does not say when a process started', {}, {}, undefined],
  ['the platform knows no boots', {}, { bootId: undefined }, '4000'],
  ['it is very old', { since: '1990-01-01T00:00:00.000Z' }, {}, '4000'],
] as const) {
  test(`not taken over where ${what} and the pid is in use`, async () => {
    const { fs, volume } = memoryFs(held(holder));
    await expect(acquire(fs, fakeHost(self, { 100: '5000', 77: startTime }))).rejects.toMatchObject({
      code: 'KEEPFIT_STORE_LOCKED',
    });
    expect(volume.toJSON()).toEqual(held(holder));
  });
}

test.each([
  '',
  '{',
  'null',
  '[]',
  '{"pid":77}',
  JSON.stringify({ ...OTHER, pid: -1 }),
  JSON.stringify({ ...OTHER, pid: '77' }),
  JSON.stringify({ ...OTHER, uuid: '../../etc/backup' }),
])(
  'a lock file that does not say who holds it (%j) is held, and the error says which to delete',
  async (content) => {
    const { fs, volume } = memoryFs({ [LOCK]: content });
    await expect(acquire(fs)).rejects.toMatchObject({
      code: 'KEEPFIT_STORE_LOCKED',
      message: expect.stringMatching(/\/runs\/\.backup\.lock does not say who holds it; .* delete that file/),
    });
    expect(volume.toJSON()).toEqual({ [LOCK]: content });
  },
);

test('a lock file that was copied to the name of its own successor is held, and the error names the copy', async () => {
  const copied = { ...held(), [`${LOCK}.${OTHER.uuid}`]: held()[LOCK]! };
  const { fs, volume } = memoryFs(copied);
  await expect(acquire(fs)).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_LOCKED',
    message: expect.stringContaining(`${LOCK}.${OTHER.uuid} does not say who holds it`),
  });
  expect(volume.toJSON()).toEqual(copied);
});

test('of two who find the same dead holder, one takes over', async () => {
  for (let delayed = 0; delayed < 12; delayed++) {
    const { fs, volume } = memoryFs(held());
    let count = -1;
    const slow = watchedFs(fs, async () => {
      count += 1;
      // The other one runs from start to end at this instant of the first.
      if (count === delayed) others.push(await Promise.allSettled([acquire(fs)]));
    });
    const others: PromiseSettledResult<unknown>[][] = [];
    const [mine] = await Promise.allSettled([acquire(slow)]);
    const outcomes = [mine, ...others.flat()].map((outcome) => outcome?.status);
    expect(outcomes.filter((status) => status === 'fulfilled')).toHaveLength(1);
    expect(Object.keys(volume.toJSON())).toEqual([LOCK]);
  }
});

test('a lock that changed hands between the look and the take-over stays where it is', async () => {
  const { fs, volume } = memoryFs(held());
  const winner = { uuid: '22222222-2222-4222-8222-222222222222', pid: 88 };
  const racing = watchedFs(fs, ({ name, to }) => {
    if (name === 'link' && to?.startsWith(LOCK) === true) volume.writeFileSync(LOCK, held(winner)[LOCK]!);
  });
  await expect(acquire(racing, fakeHost({}, { 100: '5000', 88: '4000' }))).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_LOCKED',
    message: expect.stringContaining('process 88'),
  });
  expect(volume.toJSON()).toEqual(held(winner));
});

test('a lock that is let go between the try and the look is taken', async () => {
  const { fs, volume } = memoryFs(held());
  const racing = watchedFs(fs, ({ name, path }) => {
    if (name === 'open' && path === LOCK) volume.rmSync(LOCK, { force: true });
  });
  await acquire(racing, fakeHost({}, { 100: '5000', 77: '4000' }));
  expect(JSON.parse(volume.readFileSync(LOCK, 'utf8') as string)).toMatchObject({ pid: 100 });
});

test('a link that was made although it said otherwise counts', async () => {
  const { fs } = memoryFs();
  const lossy: FileSystem = {
    ...watchedFs(fs, () => undefined),
    link: async (from, to) => {
      await fs.link(from, to);
      throw fsFault('EEXIST');
    },
  };
  await expect(acquire(lossy)).resolves.toBeDefined();
});

test.each(['EPERM', 'ENOTSUP', 'ENOSYS'])('without hard links (%s) the lock holds too', async (code) => {
  const { fs, volume } = memoryFs();
  const linkless = watchedFs(fs, ({ name }) => {
    if (name === 'link') throw fsFault(code);
  });
  const lock = await acquire(linkless);
  expect(Object.keys(volume.toJSON())).toEqual([LOCK]);
  await expect(acquire(linkless)).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_LOCKED',
    message: expect.stringContaining('process 100'),
  });
  await lock.release();
  await expect(acquire(linkless)).resolves.toBeDefined();
});

test('without hard links, a lock that cannot be written leaves no file', async () => {
  const { fs, volume } = memoryFs();
  const full = watchedFs(fs, ({ name, path }) => {
    if (name === 'link') throw fsFault('EPERM');
    if (name === 'write' && path === LOCK) throw fsFault('ENOSPC');
  });
  await expect(acquire(full)).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FULL' });
  expect(volume.toJSON('/runs')).toEqual({ '/runs': null });
});

test('whichever operation fails, either the lock is held or there is an error and no lock', async () => {
  let failing = 0;
  for (let hasFailed = true; hasFailed; failing++) {
    hasFailed = false;
    const { fs, volume } = memoryFs();
    let count = -1;
    const faulty = watchedFs(fs, () => {
      count += 1;
      if (count !== failing) return;
      hasFailed = true;
      throw fsFault('EIO');
    });
    const [outcome] = await Promise.allSettled([acquire(faulty)]);
    expect(volume.existsSync(LOCK)).toBe(outcome?.status === 'fulfilled');
    if (outcome?.status === 'rejected')
      expect(outcome.reason).toMatchObject({ code: 'KEEPFIT_STORE_FAILED', cause: { code: 'EIO' } });
  }
  expect(failing).toBeGreaterThan(8);
});

test('release leaves a lock that is not its own', async () => {
  const { fs, volume } = memoryFs();
  const lock = await acquire(fs);
  volume.writeFileSync(LOCK, held()[LOCK]!);
  await lock.release();
  expect(volume.toJSON()).toEqual(held());
});

test('a release that failed can be tried again', async () => {
  const { fs, volume } = memoryFs();
  let isBroken = true;
  const lock = await acquire(
    watchedFs(fs, ({ name, path }) => {
      if (name === 'unlink' && path === LOCK && isBroken) throw fsFault('EIO');
    }),
  );
  await expect(lock.release()).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
  isBroken = false;
  await lock.release();
  expect(volume.existsSync(LOCK)).toBe(false);
});

test('stale temp files of this key are removed when the lock is taken, and no others', async () => {
  const uuid = '33333333-3333-4333-8333-333333333333';
  const others = {
    [`/runs/.backup.2.${uuid}.tmp`]: 'of another key',
    [`/runs/.backup.${uuid}.${uuid}.tmp`]: 'of another key',
    '/runs/.backup.notes.tmp': 'of nobody we know',
    [`/runs/backup.${uuid}.tmp`]: 'of nobody we know',
    '/runs/backup.safetensors': 'the checkpoint',
  };
  const { fs, volume } = memoryFs({ ...others, [`/runs/.backup.${uuid}.tmp`]: 'stale' });
  const lock = await acquire(fs);
  await lock.release();
  expect(volume.toJSON()).toEqual(others);
});

test('a refused trainer removes no temp file of the holder', async () => {
  const temp = { '/runs/.backup.33333333-3333-4333-8333-333333333333.tmp': 'in the making' };
  const { fs, volume } = memoryFs({ ...held(), ...temp });
  await expect(acquire(fs, fakeHost({}, { 77: '4000' }))).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_LOCKED',
  });
  expect(volume.toJSON()).toEqual({ ...held(), ...temp });
});

test('a trainer whose lock was removed by hand overwrites nothing of its successor', async () => {
  const { fs, volume } = memoryFs();
  const [first, second] = [
    folderStore(toFolder('/runs', fs, fakeHost())),
    folderStore(toFolder('/runs', fs, fakeHost())),
  ];
  await first.lock!('backup');
  const version = await first.set('backup', createContent(Buffer.from('first')));
  volume.rmSync(LOCK);
  await second.lock!('backup');
  await second.set('backup', createContent(Buffer.from('second')), { replaces: version });
  await expect(
    first.set('backup', createContent(Buffer.from('first again')), { replaces: version }),
  ).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_CONFLICT',
  });
  expect(volume.readFileSync('/runs/backup.safetensors', 'utf8')).toBe('second');
});
