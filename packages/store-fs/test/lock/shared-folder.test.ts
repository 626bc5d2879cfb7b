import type { CheckpointStore } from '@keepfit/callbacks/store';
import { createContent } from '@keepfit/callbacks/testing';
import { describe, expect, test } from 'vitest';
import { getHeldFolders } from '../../src/system/held-folders.js';
import { fileSink, type FileSystem, fsStore, type SinkFileSystem } from '../../src/index.js';
import { memoryFs } from '../helpers/memory-fs.js';
import { WRITERS } from '../helpers/thread-store.js';
import { fsFault, watchedFs } from '../helpers/watched-fs.js';

const RUNS = '/home/runs/digits';
const CONFLICT = { code: 'KEEPFIT_STORE_CONFLICT' };
const LOCKED = { code: 'KEEPFIT_STORE_LOCKED' };

const bytes = (text: string) => createContent(Buffer.from(text));

async function append(fs: FileSystem, path: string): Promise<void> {
  const sink = fileSink(path, { fs: fs as unknown as SinkFileSystem });
  await sink.append('epoch,loss\n');
  await sink.close!();
}

/** Who makes the folder again before the training that holds a lock in it. */
const MAKERS: [who: string, make: (fs: FileSystem) => Promise<unknown>][] = [
  ['another store of this folder', (fs) => fsStore(RUNS, { fs }).set('model', bytes('model'))],
  ['a store in a folder below', (fs) => fsStore(`${RUNS}/models`, { fs }).set('model', bytes('model'))],
  ['another training in this folder', async (fs) => (await fsStore(RUNS, { fs }).lock!('other')).release()],
  ['a sink in this folder', (fs) => append(fs, `${RUNS}/log.csv`)],
  ['a sink in a folder below', (fs) => append(fs, `${RUNS}/logs/train/log.csv`)],
];

describe.each(WRITERS)('%s', (_how, openStore) => {
  async function train() {
    const { fs, volume } = memoryFs();
    const store = openStore(RUNS, fs);
    const lock = await store.lock!('backup');
    const version = await store.set('backup', bytes('first'), { replaces: null });
    return { fs, volume, store, lock, version, remove: () => volume.rmSync('/home', { recursive: true }) };
  }

  async function continueTraining(store: CheckpointStore, version: string) {
    await expect(store.set('backup', bytes('second'), { replaces: version })).rejects.toMatchObject(CONFLICT);
    await store.set('backup', bytes('second'), { replaces: null });
  }

  test.each(MAKERS)('%s makes a deleted folder again: the lock comes back with it', async (_who, make) => {
    const { fs, volume, store, lock, version, remove } = await train();
    remove();
    await make(fs);
    await expect(fsStore(RUNS, { fs }).lock!('backup')).rejects.toMatchObject(LOCKED);
    await continueTraining(store, version);
    await lock.release();
    expect(lock.lost?.aborted).toBe(false);
    expect(volume.readFileSync(`${RUNS}/backup.safetensors`, 'utf8')).toBe('second');
    expect(volume.readdirSync(RUNS).filter((name) => String(name).startsWith('.'))).toEqual([]);
    remove();
    await make(fs);
    expect(volume.existsSync(`${RUNS}/.backup.lock`)).toBe(false);
    expect(getHeldFolders(fs).isEmpty).toBe(true);
  });

  test('a sink makes no file in a folder that is being deleted, which would keep it without its lock', async () => {
    const { fs: disk, volume } = memoryFs();
    let looks = Infinity;
    const fs = watchedFs(disk, ({ name, path }) => {
      if (name === 'lstat' && String(path).endsWith('.backup.lock') && --looks === 0)
        volume.rmSync(RUNS, { recursive: true });
    });
    const store = openStore(RUNS, fs);
    const lock = await store.lock!('backup');
    const version = await store.set('backup', bytes('first'), { replaces: null });
    const sink = fileSink(`${RUNS}/log.csv`, { fs: fs as unknown as SinkFileSystem });
    await sink.append('epoch,loss\n');
    await sink.flush();
    // As `rm -r` does: first what is in the folder, a moment later the folder.
    for (const name of volume.readdirSync(RUNS)) volume.rmSync(`${RUNS}/${String(name)}`);
    looks = 2;
    await sink.flush();
    expect(volume.readFileSync(`${RUNS}/log.csv`, 'utf8')).toBe('epoch,loss\n');
    await expect(fsStore(RUNS, { fs }).lock!('backup')).rejects.toMatchObject(LOCKED);
    await continueTraining(store, version);
    await sink.close!();
    await lock.release();
  });

  test('the locks of several stores come back, whoever writes first', async () => {
    const { fs, volume, store, lock, version, remove } = await train();
    const other = openStore(RUNS, fs);
    const its = await other.lock!('other');
    remove();
    await Promise.all([
      continueTraining(store, version),
      other.set('other', bytes('other')),
      append(fs, `${RUNS}/log.csv`),
      other.set('model', bytes('model')),
    ]);
    for (const key of ['backup', 'other'])
      await expect(fsStore(RUNS, { fs }).lock!(key)).rejects.toMatchObject(LOCKED);
    await Promise.all([lock.release(), its.release()]);
    expect(volume.readdirSync(RUNS).map(String).sort()).toEqual([
      'backup.safetensors',
      'log.csv',
      'model.safetensors',
      'other.safetensors',
    ]);
  });

  test('a folder that another process has made is a conflict, also after a store and a sink have written there', async () => {
    const { fs, volume, store, lock, version, remove } = await train();
    remove();
    volume.mkdirSync(RUNS, { recursive: true });
    for (const [, make] of MAKERS) await make(fs);
    for (const replaces of [version, null])
      await expect(store.set('backup', bytes('zombie'), { replaces })).rejects.toMatchObject(CONFLICT);
    await lock.release();
    expect(volume.existsSync(`${RUNS}/backup.safetensors`)).toBe(false);
  });

  test('a lock that another process has placed in the new folder first stays', async () => {
    const { fs, volume } = memoryFs();
    let isRacing = false;
    const watched = watchedFs(fs, async ({ name }) => {
      if (name !== 'link' || !isRacing) return;
      isRacing = false;
      await fsStore(RUNS, { fs }).lock!('backup');
    });
    const store = openStore(RUNS, watched);
    const lock = await store.lock!('backup');
    volume.rmSync('/home', { recursive: true });
    isRacing = true;
    await fsStore(RUNS, { fs: watched }).set('model', bytes('model'));
    await expect(store.set('backup', bytes('zombie'))).rejects.toMatchObject(CONFLICT);
    expect(lock.lost?.aborted).toBe(true);
    await lock.release();
    expect(volume.existsSync(`${RUNS}/.backup.lock`)).toBe(true);
  });

  test('a lock that cannot be placed again is an error of whoever makes the folder', async () => {
    const { fs, volume } = memoryFs();
    let isFull = false;
    const watched = watchedFs(fs, ({ name, path }) => {
      if (isFull && name === 'write' && path.endsWith('.tmp')) throw fsFault('ENOSPC');
    });
    const lock = await openStore(RUNS, watched).lock!('backup');
    volume.rmSync('/home', { recursive: true });
    isFull = true;
    await expect(append(watched, `${RUNS}/log.csv`)).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FULL' });
    await lock.release();
  });
});

test('whenever the folder is deleted while another store writes there, both trainings continue', async () => {
  let left = 1;
  for (let instant = 0; left === 1; instant++) {
    let count = Number.POSITIVE_INFINITY;
    const { fs, volume } = memoryFs();
    const watched = watchedFs(fs, () => {
      if (count-- === 0) volume.rmSync('/home', { recursive: true, force: true });
    });
    const store = fsStore(RUNS, { fs: watched });
    const lock = await store.lock!('backup');
    volume.rmSync('/home', { recursive: true });
    count = instant;
    await fsStore(RUNS, { fs: watched })
      .set('model', bytes('model'))
      .catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
      });
    left = count < 0 ? 1 : 0;
    count = Number.POSITIVE_INFINITY;
    await store.set('backup', bytes('second'));
    expect(volume.readFileSync(`${RUNS}/backup.safetensors`, 'utf8')).toBe('second');
    await lock.release();
    expect(volume.readdirSync(RUNS).filter((name) => String(name).startsWith('.'))).toEqual([]);
  }
});
