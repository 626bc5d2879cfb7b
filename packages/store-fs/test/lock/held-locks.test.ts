import type { CheckpointStore } from '@keepfit/callbacks/store';
import { createContent } from '@keepfit/callbacks/testing';
import { describe, expect, test } from 'vitest';
import { toFolder } from '../../src/folder/folder.js';
import { folderStore } from '../../src/folder-store.js';
import type { FileSystem } from '../../src/index.js';
import { fakeHost } from '../helpers/fake-host.js';
import { memoryFs } from '../helpers/memory-fs.js';
import { threadStore } from '../helpers/thread-store.js';
import { fsFault, type Operation, watchedFs } from '../helpers/watched-fs.js';

const RUNS = '/home/runs';
const LOCK = `${RUNS}/.backup.lock`;
const FINAL = `${RUNS}/backup.safetensors`;
const CONFLICT = { code: 'KEEPFIT_STORE_CONFLICT' };
const OTHER = {
  host: 'alpha',
  bootId: 'boot-1',
  pid: 77,
  startTime: '4000',
  uuid: '11111111-1111-4111-8111-111111111111',
  since: '2026-01-02T03:04:05.678Z',
};

const bytes = (text: string) => createContent(Buffer.from(text));
const openOther = (fs: FileSystem): CheckpointStore => folderStore(toFolder(RUNS, fs, fakeHost()));

const WRITERS: [how: string, openStore: (folder: string, fs: FileSystem) => CheckpointStore][] = [
  ['in the calling thread', (folder, fs) => folderStore(toFolder(folder, fs, fakeHost()))],
  ['in the writer thread', (folder, fs) => threadStore(folder, fs)],
];

/** What `BackupAndRestore` does when its checkpoint was deleted: it looks, and stores again if there is none. */
async function backUp(store: CheckpointStore, text: string, version: string): Promise<string> {
  await expect(store.set('backup', bytes(text), { replaces: version })).rejects.toMatchObject(CONFLICT);
  expect(await store.get('backup')).toBeUndefined();
  return store.set('backup', bytes(text), { replaces: null });
}

describe.each(WRITERS)('%s', (_how, openStore) => {
  /** A trainer that holds the lock and has stored a checkpoint. */
  async function train(before: (operation: Operation) => void | Promise<void> = () => undefined) {
    const { fs, volume } = memoryFs();
    const store = openStore(RUNS, watchedFs(fs, before));
    const lock = await store.lock!('backup');
    const version = await store.set('backup', bytes('first'), { replaces: null });
    const remove = () => volume.rmSync('/home', { recursive: true });
    const list = () => volume.readdirSync(RUNS).map(String).sort();
    return { fs, volume, store, lock, version, remove, list };
  }

  test('a checkpoint that was deleted under the lock can be stored again', async () => {
    const { volume, store, lock, version } = await train();
    volume.rmSync(FINAL);
    const again = await backUp(store, 'second', version);
    await store.set('backup', bytes('third'), { replaces: again });
    expect(volume.readFileSync(FINAL, 'utf8')).toBe('third');
    await lock.release();
    expect(lock.lost?.aborted).toBe(false);
  });

  test('a folder that was deleted under the lock is made again, with the lock', async () => {
    const { fs, store, lock, version, remove, list } = await train();
    remove();
    const again = await backUp(store, 'second', version);
    expect(list()).toEqual(['.backup.lock', 'backup.safetensors']);
    await expect(openOther(fs).lock!('backup')).rejects.toMatchObject({ code: 'KEEPFIT_STORE_LOCKED' });
    await store.set('backup', bytes('third'), { replaces: again });
    await store.delete('backup');
    await lock.release();
    expect(list()).toEqual([]);
    expect(lock.lost?.aborted).toBe(false);
    await (await openOther(fs).lock!('backup')).release();
  });

  test('whenever the folder is deleted during a set, the checkpoint can be stored', async () => {
    let left = 1;
    for (let instant = 0; left === 1; instant++) {
      let count = Number.POSITIVE_INFINITY;
      const { volume, store, lock, version, remove, list } = await train(() => {
        if (count-- === 0) remove();
      });
      volume.rmSync(FINAL);
      count = instant;
      await store.set('backup', bytes('second'), { replaces: null }).catch((error: unknown) => {
        // The folder was deleted after the rename.
        expect(error).toMatchObject({ message: expect.stringContaining('the new checkpoint is in place') });
      });
      left = count < 0 ? 1 : 0;
      count = Number.POSITIVE_INFINITY;
      if (!volume.existsSync(FINAL)) await store.set('backup', bytes('second'), { replaces: null });
      expect(volume.readFileSync(FINAL, 'utf8')).toBe('second');
      expect(list()).toEqual(['.backup.lock', 'backup.safetensors']);
      await lock.release();
      expect(version).not.toBe('');
    }
  });

  test('whenever the folder is deleted during a set that replaces a version, that is a conflict, and the next one stores', async () => {
    let left = 1;
    for (let instant = 0; left === 1; instant++) {
      let count = Number.POSITIVE_INFINITY;
      const { volume, store, version, remove } = await train(() => {
        if (count-- === 0) remove();
      });
      count = instant;
      const [outcome] = await Promise.allSettled([
        store.set('backup', bytes('second'), { replaces: version }),
      ]);
      left = count < 0 ? 1 : 0;
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(CONFLICT);
      if (!volume.existsSync(FINAL)) await store.set('backup', bytes('second'), { replaces: null });
      expect(volume.readFileSync(FINAL, 'utf8')).toBe('second');
    }
  });

  test('a folder that is deleted file by file is waited for', async () => {
    const { fs, volume } = memoryFs();
    const host = fakeHost();
    // The rest of the folder goes while the store waits.
    const pause = async () => volume.rmSync('/home', { recursive: true });
    const store = folderStore(toFolder(RUNS, fs, { ...host, pause }));
    const lock = await store.lock!('backup');
    const version = await store.set('backup', bytes('first'));
    volume.rmSync(FINAL);
    volume.rmSync(LOCK);
    await backUp(store, 'second', version);
    expect(lock.lost?.aborted).toBe(false);
    expect(volume.readFileSync(FINAL, 'utf8')).toBe('second');
  });

  test('a folder that is there without the lock is a conflict: another trainer may have finished the run', async () => {
    const { volume, store, lock, version, list } = await train();
    volume.rmSync(FINAL);
    volume.rmSync(LOCK);
    await expect(store.set('backup', bytes('zombie'), { replaces: version })).rejects.toMatchObject({
      ...CONFLICT,
      message: expect.stringMatching(
        /\/home\/runs\/\.backup\.lock of this training was deleted.*finished the run.*Nothing was changed/,
      ),
    });
    expect(lock.lost?.aborted).toBe(true);
    await expect(store.set('backup', bytes('zombie'), { replaces: null })).rejects.toMatchObject(CONFLICT);
    await expect(store.set('backup', bytes('zombie'))).rejects.toMatchObject(CONFLICT);
    expect(list()).toEqual([]);
    await lock.release();
    expect(list()).toEqual([]);
  });

  test('a folder that another trainer has made again, and finished in, is a conflict', async () => {
    const { fs, store, lock, version, remove, list } = await train();
    remove();
    const second = openOther(fs);
    const its = await second.lock!('backup');
    await second.set('backup', bytes('other'), { replaces: null });
    await second.delete('backup');
    await its.release();
    await expect(store.set('backup', bytes('zombie'), { replaces: version })).rejects.toMatchObject(CONFLICT);
    await expect(store.set('backup', bytes('zombie'), { replaces: null })).rejects.toMatchObject(CONFLICT);
    expect(list()).toEqual([]);
    await lock.release();
  });

  test('a lock that another trainer holds now is a conflict, which names it, and stays', async () => {
    const { volume, store, lock, version } = await train();
    const other = JSON.stringify(OTHER);
    volume.writeFileSync(LOCK, other);
    for (const condition of [{ replaces: version }, { replaces: null }, undefined])
      await expect(store.set('backup', bytes('zombie'), condition)).rejects.toMatchObject({
        ...CONFLICT,
        message: expect.stringMatching(
          /names process 77 on host alpha since 2026.* instead of this training/,
        ),
      });
    await expect(store.delete('backup')).rejects.toMatchObject(CONFLICT);
    expect(lock.lost?.aborted).toBe(true);
    await lock.release();
    expect(volume.readFileSync(LOCK, 'utf8')).toBe(other);
    expect(volume.readFileSync(FINAL, 'utf8')).toBe('first');
  });

  test('a trainer that was followed stays refused after the other has finished', async () => {
    const { volume, store, version } = await train();
    const own = volume.readFileSync(LOCK, 'utf8') as string;
    volume.writeFileSync(LOCK, JSON.stringify(OTHER));
    await expect(store.set('backup', bytes('zombie'), { replaces: version })).rejects.toMatchObject(CONFLICT);
    volume.writeFileSync(LOCK, own);
    await expect(store.set('backup', bytes('zombie'), { replaces: version })).rejects.toMatchObject(CONFLICT);
  });

  test('a lock that leads to a successor is a conflict', async () => {
    const { volume, store, version } = await train();
    const { uuid } = JSON.parse(volume.readFileSync(LOCK, 'utf8') as string) as { uuid: string };
    volume.writeFileSync(`${LOCK}.${uuid}`, JSON.stringify(OTHER));
    await expect(store.set('backup', bytes('zombie'), { replaces: version })).rejects.toMatchObject(CONFLICT);
    expect(volume.readFileSync(FINAL, 'utf8')).toBe('first');
  });

  test('a lock that does not say whose it is is a conflict', async () => {
    const { volume, store, version } = await train();
    volume.writeFileSync(LOCK, '');
    await expect(store.set('backup', bytes('zombie'), { replaces: version })).rejects.toMatchObject({
      ...CONFLICT,
      message: expect.stringContaining('does not say any more that this training holds it'),
    });
  });

  test('a lock that passes to another directly before the rename is a conflict', async () => {
    let isRacing = false;
    const { volume, store, version } = await train(({ name, path }) => {
      if (isRacing && name === 'lstat' && path.endsWith('.tmp'))
        volume.writeFileSync(LOCK, JSON.stringify(OTHER));
    });
    isRacing = true;
    await expect(store.set('backup', bytes('zombie'), { replaces: version })).rejects.toMatchObject(CONFLICT);
    expect(volume.readFileSync(FINAL, 'utf8')).toBe('first');
    expect(volume.readdirSync(RUNS).filter((name) => String(name).endsWith('.tmp'))).toEqual([]);
  });

  test('a lock file alone that was deleted is placed again if the checkpoint is the expected one', async () => {
    const { fs, volume, store, lock, version, list } = await train();
    volume.rmSync(LOCK);
    await store.set('backup', bytes('second'), { replaces: version });
    await expect(openOther(fs).lock!('backup')).rejects.toMatchObject({ code: 'KEEPFIT_STORE_LOCKED' });
    await lock.release();
    expect(list()).toEqual(['backup.safetensors']);
  });

  test('a lock file alone that was deleted stays so if the checkpoint is another one', async () => {
    const { fs, volume, store, version } = await train();
    volume.rmSync(LOCK);
    const second = openOther(fs);
    const its = await second.lock!('backup');
    await second.set('backup', bytes('other'), { replaces: version });
    await its.release();
    await expect(store.set('backup', bytes('zombie'), { replaces: version })).rejects.toMatchObject(CONFLICT);
    await expect(store.set('backup', bytes('zombie'))).rejects.toMatchObject(CONFLICT);
    await expect(store.delete('backup')).rejects.toMatchObject(CONFLICT);
    expect(volume.readFileSync(FINAL, 'utf8')).toBe('other');
    expect(volume.existsSync(LOCK)).toBe(false);
  });

  test('a delete finds nothing to do if folder or checkpoint are gone', async () => {
    const { volume, store, lock, remove } = await train();
    volume.rmSync(FINAL);
    volume.rmSync(LOCK);
    await store.delete('backup');
    remove();
    await store.delete('backup');
    await lock.release();
    expect(volume.existsSync('/home')).toBe(false);
    expect(lock.lost?.aborted).toBe(false);
  });

  test('all locks of a store come back with the folder, whichever key is written first', async () => {
    for (const key of ['backup', 'backup.2', 'model']) {
      const { fs, volume, store, lock, remove, list } = await train();
      const locks = [lock, await store.lock!('backup.2')];
      remove();
      await store.set(key, bytes('again'), { replaces: null });
      await store.set('backup', bytes('again'));
      await store.set('backup.2', bytes('again'));
      for (const held of ['backup', 'backup.2'])
        await expect(openOther(fs).lock!(held)).rejects.toMatchObject({ code: 'KEEPFIT_STORE_LOCKED' });
      for (const held of locks) await held.release();
      expect(list().filter((name) => name.startsWith('.'))).toEqual([]);
      expect(volume.existsSync(FINAL)).toBe(true);
    }
  });

  test('two sets at once bring the folder and both locks back', async () => {
    const { store, lock, remove, list } = await train();
    const second = await store.lock!('backup.2');
    remove();
    await Promise.all(['backup', 'backup.2'].map((key) => store.set(key, bytes(key), { replaces: null })));
    expect(list()).toEqual(['.backup.2.lock', '.backup.lock', 'backup.2.safetensors', 'backup.safetensors']);
    await Promise.all([lock.release(), second.release()]);
    expect(list()).toEqual(['backup.2.safetensors', 'backup.safetensors']);
  });

  test('a store without the lock of a key keeps writing it', async () => {
    const { fs, volume, store, lock, version } = await train();
    volume.writeFileSync(LOCK, JSON.stringify(OTHER));
    const second = openStore(RUNS, fs);
    await second.set('backup', bytes('second'), { replaces: version });
    await store.set('model', bytes('model'));
    await lock.release();
    await store.set('backup', bytes('third'));
    expect(volume.readFileSync(FINAL, 'utf8')).toBe('third');
  });

  test('a set that is refused for another reason is not tried again', async () => {
    let isFull = false;
    let writes = 0;
    const { store, lock, version } = await train(({ name, path }) => {
      if (!isFull || name !== 'write' || !path.endsWith('.tmp')) return;
      writes += 1;
      throw fsFault('ENOSPC');
    });
    isFull = true;
    await expect(store.set('backup', bytes('second'), { replaces: version })).rejects.toMatchObject({
      code: 'KEEPFIT_STORE_FULL',
    });
    await expect(store.set('backup', bytes('second'), { replaces: null })).rejects.toMatchObject(CONFLICT);
    expect(writes).toBe(1);
    expect(lock.lost?.aborted).toBe(false);
  });

  test('without hard links, the folder and the lock come back too', async () => {
    const { fs, store, lock, version, remove, list } = await train(({ name }) => {
      if (name === 'link') throw fsFault('EPERM');
    });
    remove();
    await backUp(store, 'second', version);
    await expect(openOther(fs).lock!('backup')).rejects.toMatchObject({ code: 'KEEPFIT_STORE_LOCKED' });
    await lock.release();
    expect(list()).toEqual(['backup.safetensors']);
  });

  test('of a starter that makes the folder at the same instant and its former holder, one has the lock', async () => {
    const ends = new Set<string>();
    for (let instant = 0; instant < 60; instant++) {
      let count = Number.POSITIVE_INFINITY;
      let started: PromiseSettledResult<unknown> | undefined;
      const { fs, store, version, remove } = await train(async () => {
        if (count-- !== 0) return;
        const starter = openOther(fs);
        [started] = await Promise.allSettled([
          starter.lock!('backup').then(() => starter.set('backup', bytes('other'), { replaces: null })),
        ]);
      });
      remove();
      await expect(store.set('backup', bytes('zombie'), { replaces: version })).rejects.toMatchObject(
        CONFLICT,
      );
      count = instant;
      const [mine] = await Promise.allSettled([store.set('backup', bytes('second'), { replaces: null })]);
      if (started === undefined) break;
      if (mine.status === 'rejected') expect(mine.reason).toMatchObject(CONFLICT);
      if (started.status === 'rejected')
        expect(started.reason).toMatchObject({ code: 'KEEPFIT_STORE_LOCKED' });
      ends.add(`${mine.status} ${started.status}`);
    }
    expect([...ends].sort()).toEqual(['fulfilled rejected', 'rejected fulfilled']);
  });
});
