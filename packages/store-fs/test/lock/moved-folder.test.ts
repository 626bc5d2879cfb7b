import * as nodeFs from 'node:fs/promises';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckpointStore } from '@keepfit/callbacks/store';
import { createContent } from '@keepfit/callbacks/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fsStore } from '../../src/index.js';
import { startTrainer } from '../helpers/trainer-process.js';

const onPosix = test.skipIf(process.platform === 'win32');
const LOCKED = { code: 'KEEPFIT_STORE_LOCKED' };
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'keepfit-moved-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const bytes = (text: string) => createContent(Buffer.from(text));

async function train(folder: string) {
  const store = fsStore(folder);
  const lock = await store.lock!('backup');
  return { store, lock, version: await store.set('backup', bytes('first'), { replaces: null }) };
}

async function backUp(store: CheckpointStore, text: string, version: string): Promise<string> {
  await expect(store.set('backup', bytes(text), { replaces: version })).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_CONFLICT',
  });
  expect(await store.get('backup')).toBeUndefined();
  return store.set('backup', bytes(text), { replaces: null });
}

onPosix('a folder that was deleted comes back with a lock whose socket answers other processes', async () => {
  const folder = join(root, 'runs', 'backup');
  const { store, lock, version } = await train(folder);
  await rm(join(root, 'runs'), { recursive: true });
  await backUp(store, 'second', version);
  const names = (await readdir(folder)).map((name) => name.replace(/[0-9a-f]{16}/, '#')).sort();
  expect(names).toEqual(['.backup.#.sock', '.backup.lock', 'backup.safetensors']);
  const other = await startTrainer(folder);
  try {
    expect(await other.tryLock()).toBe(LOCKED.code);
    await lock.release();
    expect(await readdir(folder)).toEqual(['backup.safetensors']);
    expect(await other.tryLock()).toBe('held');
  } finally {
    await other.kill();
  }
});

onPosix(
  'a folder that was moved away keeps what it had, and the training continues in a new one',
  async () => {
    const [folder, moved] = [join(root, 'runs'), join(root, 'moved')];
    const { store, lock, version } = await train(folder);
    await rename(folder, moved);
    await backUp(store, 'second', version);
    expect(await readFile(join(moved, 'backup.safetensors'), 'utf8')).toBe('first');
    expect(await readFile(join(folder, 'backup.safetensors'), 'utf8')).toBe('second');
    await expect(fsStore(folder).lock!('backup')).rejects.toMatchObject(LOCKED);
    await lock.release();
    expect(await readdir(folder)).toEqual(['backup.safetensors']);
  },
);

onPosix('a folder that was moved away and back is the same', async () => {
  const [folder, moved] = [join(root, 'runs'), join(root, 'moved')];
  const { store, lock, version } = await train(folder);
  await rename(folder, moved);
  await rename(moved, folder);
  await store.set('backup', bytes('second'), { replaces: version });
  await lock.release();
  expect(await readdir(folder)).toEqual(['backup.safetensors']);
});

onPosix('a lock whose folder is gone is released without a trace', async () => {
  const folder = join(root, 'runs', 'backup');
  const { lock } = await train(folder);
  await rm(join(root, 'runs'), { recursive: true });
  await lock.release();
  expect(await readdir(root)).toEqual([]);
});

onPosix('a folder behind a symbolic link works like any other, and comes back if it is deleted', async () => {
  const [folder, target] = [join(root, 'link'), join(root, 'disk', 'runs')];
  await mkdir(target, { recursive: true });
  await symlink(target, folder);
  const { store, lock, version } = await train(folder);
  const again = await store.set('backup', bytes('second'), { replaces: version });
  await expect(fsStore(target).lock!('backup')).rejects.toMatchObject(LOCKED);
  await rm(join(root, 'disk'), { recursive: true });
  await backUp(store, 'third', again);
  expect(await readFile(join(target, 'backup.safetensors'), 'utf8')).toBe('third');
  await lock.release();
  expect(await readdir(target)).toEqual(['backup.safetensors']);
});

onPosix('a symbolic link that leads to another folder now is a conflict', async () => {
  const folder = join(root, 'link');
  for (const name of ['a', 'b']) await mkdir(join(root, name));
  await symlink(join(root, 'a'), folder);
  const { store, lock, version } = await train(folder);
  await rm(folder);
  await symlink(join(root, 'b'), folder);
  for (const replaces of [version, null])
    await expect(store.set('backup', bytes('second'), { replaces })).rejects.toMatchObject({
      code: 'KEEPFIT_STORE_CONFLICT',
    });
  expect(lock.lost?.aborted).toBe(true);
  await lock.release();
  expect(await readdir(join(root, 'b'))).toEqual([]);
});

onPosix(
  'a symbolic link to a missing folder: the folder is made, or the error says what to make',
  async () => {
    const folder = join(root, 'link');
    await symlink(join('disk', 'runs'), folder);
    const { readlink, ...withoutLinks } = nodeFs;
    expect(readlink).toBeDefined();
    await expect(fsStore(folder, { fs: withoutLinks }).set('backup', bytes('first'))).rejects.toMatchObject({
      code: 'KEEPFIT_STORE_FAILED',
      message: expect.stringMatching(/link is a symbolic link to a folder that is missing; make that folder/),
    });
    const { lock } = await train(folder);
    await lock.release();
    expect(await readdir(join(root, 'disk', 'runs'))).toEqual(['backup.safetensors']);
  },
);
