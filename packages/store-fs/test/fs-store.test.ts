import { lstat, mkdir, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import {
  createContent,
  type FaultySubject,
  type KillableSubject,
  storeConformance,
  type StoreUnderTest,
} from '@keepfit/callbacks/testing';
import { expect, test } from 'vitest';
import { runAndKill } from '../../../test/programs/run-and-kill.js';
import { sampleTests, triesAll } from '../../../test/setup/sample.js';
import { type FileSystem, fsStore } from '../src/index.js';
import { memoryFs } from './helpers/memory-fs.js';
import { newFolder } from './helpers/new-folder.js';
import { threadStore } from './helpers/thread-store.js';
import { fsFault, watchedFs } from './helpers/watched-fs.js';

const supports = fsStore('.').supports;
const onPosix = test.skipIf(process.platform === 'win32');

/** Lets the event loop turn before each operation, as a disk does; otherwise a busy reader keeps the thread out. */
const withTurns = (fs: FileSystem) => watchedFs(fs, () => setImmediate());

/** In the writer thread, what it does is another. The rest, of a kit, is that of a real folder. */
const isTried = (how: string, name: string): boolean =>
  triesAll || how === '' || /^(supports|bytes|replace|fencing|faults): /.test(name);

for (const [how, wrap, openStore] of [
  ['', (fs: FileSystem) => fs, (folder: string, fs: FileSystem) => fsStore(folder, { fs })],
  [', in the writer thread', withTurns, (folder: string, fs: FileSystem) => threadStore(folder, fs)],
] as const) {
  storeConformance({
    test: sampleTests((name, run) => isTried(how, name) && test(`on memfs${how}: ${name}`, run), 3),
    skip: (name) => test.skip(`on memfs${how}: ${name}`),
    make: (): StoreUnderTest => {
      const { fs: bare, volume } = memoryFs();
      const fs = wrap(bare);
      return {
        store: openStore('/runs/digits', fs),
        reopen: () => openStore('/runs/digits', fs),
        wipe: () => volume.rmSync('/runs', { recursive: true }),
        loseLock: (key) => volume.rmSync(`/runs/digits/.${key}.lock`),
      };
    },
    makeFaulty: (): FaultySubject => {
      const fs = wrap(memoryFs().fs);
      let [count, hasFailed] = [0, false];
      let fault: Parameters<FaultySubject['failAt']>[0];
      const faulty = watchedFs(fs, () => {
        const isHit =
          fault !== undefined && (fault.forEver ? count >= fault.operation : count === fault.operation);
        count += 1;
        if (!isHit) return;
        hasFailed = true;
        throw fsFault('EIO');
      });
      return {
        store: openStore('/runs/digits', faulty),
        reopen: () => openStore('/runs/digits', fs),
        failAt: (next) => void ([count, hasFailed, fault] = [0, false, next]),
        get hasFailed() {
          return hasFailed;
        },
      };
    },
    supports,
  });
}

storeConformance({
  test: (name, run) => test(`on a real folder: ${name}`, run),
  skip: (name) => test.skip(`on a real folder: ${name}`),
  make: async (): Promise<StoreUnderTest> => {
    const folder = join(await newFolder(), 'backup');
    return {
      store: fsStore(folder),
      reopen: () => fsStore(folder),
      wipe: () => rm(folder, { recursive: true }),
      loseLock: (key) => rm(join(folder, `.${key}.lock`)),
    };
  },
  // Each key is a file that is synced. On memfs there are more.
  manyKeys: 500,
  makeKillable: async (): Promise<KillableSubject> => {
    const folder = await newFolder();
    return {
      runAndKill: (first, count) =>
        runAndKill('packages/store-fs/test/helpers/set-for-ever.ts', [folder, String(first)], count),
      reopen: () => fsStore(folder),
    };
  },
  supports,
});

test('claims durability, fencing and locking', () => {
  expect(fsStore('.').supports).toMatchObject({ durable: true, fencing: true, locking: true });
});

test('refuses a folder that is no path', () => {
  for (const dir of ['', 'a\0b', undefined, 5]) {
    expect(() => fsStore(dir as string)).toThrow(expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }));
  }
});

test('refuses unknown options and a file system that lacks an operation', () => {
  const { fs } = memoryFs();
  expect(() => fsStore('/a', { folder: '/b' } as object)).toThrow(
    /KEEPFIT_INVALID_OPTION: fsStore has no option "folder"/,
  );
  expect(() =>
    fsStore('/a', { fs: { ...watchedFs(fs, () => undefined), link: undefined } as unknown as FileSystem }),
  ).toThrow(/KEEPFIT_INVALID_OPTION: fs of fsStore must be a file system/);
});

test('refuses keys that are no safe file name, in every operation', async () => {
  const { fs, volume } = memoryFs({ '/secret.safetensors': 'x' });
  const store = fsStore('/runs', { fs });
  for (const key of ['../secret', 'a/b', '', '.a', 'A', 'é']) {
    const set = (): Promise<string> => store.set(key, createContent(Uint8Array.of(1)));
    for (const call of [() => store.get(key), set, () => store.delete(key), () => store.lock!(key)]) {
      await expect(call()).rejects.toMatchObject({ code: 'KEEPFIT_INVALID_OPTION' });
    }
  }
  expect(volume.toJSON()).toEqual({ '/secret.safetensors': 'x' });
});

test('keeps a checkpoint in <dir>/<key>.safetensors and nothing else', async () => {
  const { fs, volume } = memoryFs();
  await fsStore('/runs/digits', { fs }).set('backup', createContent(Buffer.from('weights')));
  expect(volume.toJSON()).toEqual({ '/runs/digits/backup.safetensors': 'weights' });
});

test('lists only well-named files of its own', async () => {
  const { fs, volume } = memoryFs({
    '/runs/backup.safetensors': 'a',
    '/runs/notes.txt': 'b',
    '/runs/.hidden.safetensors': 'c',
    '/runs/Big.safetensors': 'd',
    '/runs/.backup.lock': 'e',
  });
  volume.mkdirSync('/runs/folder.safetensors');
  volume.symlinkSync('/runs/backup.safetensors', '/runs/link.safetensors');
  expect(await fsStore('/runs', { fs }).keys()).toEqual(['backup']);
});

test('a missing folder has no keys and no checkpoints, and reading does not make it', async () => {
  const { fs, volume } = memoryFs();
  const store = fsStore('/runs', { fs });
  expect(await store.keys()).toEqual([]);
  expect(await store.get('backup')).toBeUndefined();
  await store.delete('backup');
  expect(volume.existsSync('/runs')).toBe(false);
});

test('leaves files of others as they are', async () => {
  const foreign = {
    '/runs/notes.txt': 'b',
    '/runs/.backup.tmp': 'c',
    '/runs/backup.safetensors.bak': 'd',
    '/runs/.backup.lock.txt': 'e',
  };
  const { fs, volume } = memoryFs(foreign);
  const store = fsStore('/runs', { fs });
  const lock = await store.lock!('backup');
  await store.set('backup', createContent(Buffer.from('new')));
  await store.delete('backup');
  await lock.release();
  expect(volume.toJSON()).toEqual(foreign);
});

onPosix('files are for this user only, and so are the folders made for them', async () => {
  const folder = join(await newFolder(), 'runs', 'digits');
  const store = fsStore(folder);
  await store.lock!('backup');
  await store.set('backup', createContent(Buffer.from('weights')));
  const readMode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);
  expect(await readMode(join(folder, 'backup.safetensors'))).toBe('600');
  expect(await readMode(join(folder, '.backup.lock'))).toBe('600');
  expect(await readMode(folder)).toBe('700');
  expect(await readMode(join(folder, '..'))).toBe('700');
});

onPosix('a symbolic link in place of the checkpoint is replaced, not written through', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'precious'), 'precious');
  await symlink(join(folder, 'precious'), join(folder, 'backup.safetensors'));
  await fsStore(folder).set('backup', createContent(Buffer.from('weights')));
  expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('precious');
  expect((await lstat(join(folder, 'backup.safetensors'))).isFile()).toBe(true);
});

onPosix('a symbolic link in place of the checkpoint is not read', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'precious'), 'precious');
  await symlink(join(folder, 'precious'), join(folder, 'backup.safetensors'));
  const reading = fsStore(folder).get('backup');
  await expect(reading).rejects.toThrow(/KEEPFIT_STORE_FAILED: .*symbolic link/);
});

onPosix('a symbolic link planted at the temp name is not followed, and not removed', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'precious'), 'precious');
  let planted = '';
  const real = (await import('node:fs/promises')) as unknown as FileSystem;
  const fs = watchedFs(real, async ({ name, path }) => {
    if (name !== 'open' || !path.endsWith('.tmp')) return;
    planted = path;
    await symlink(join(folder, 'precious'), path);
  });
  const writing = fsStore(folder, { fs }).set('backup', createContent(Buffer.from('weights')));
  await expect(writing).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FAILED', cause: { code: 'EEXIST' } });
  expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('precious');
  expect(await readlink(planted)).toBe(join(folder, 'precious'));
});

onPosix('a symbolic link in place of the lock is not followed', async () => {
  const folder = await newFolder();
  await symlink(join(folder, 'elsewhere'), join(folder, '.backup.lock'));
  await expect(fsStore(folder).lock!('backup')).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_FAILED',
    cause: { code: 'ELOOP' },
  });
  expect(await readdir(folder)).toEqual(['.backup.lock']);
});

test('a folder in place of the checkpoint is an error that leaves it and no temp file', async () => {
  const folder = await newFolder();
  await mkdir(join(folder, 'backup.safetensors'));
  const store = fsStore(folder);
  await expect(store.set('backup', createContent(Buffer.from('weights')))).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_FAILED',
  });
  await expect(store.get('backup')).rejects.toThrow(/KEEPFIT_STORE_FAILED: .*no regular file/);
  await expect(store.delete('backup')).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
  expect(await readdir(folder)).toEqual(['backup.safetensors']);
});

test('a file in place of the folder is named, with what would do', async () => {
  const { fs } = memoryFs({ '/runs': 'a file' });
  const store = fsStore('/runs', { fs });
  const setting = store.set('backup', createContent(Buffer.from('weights')));
  await expect(setting).rejects.toThrow(/KEEPFIT_STORE_FAILED: .*\/runs is a file/);
  const locking = store.lock!('backup');
  await expect(locking).rejects.toThrow(/KEEPFIT_STORE_FAILED: .*\/runs is a file/);
});

for (const [what, content] of [
  ['shrinks', 'old'],
  ['grows', 'old weights and more'],
] as const) {
  test(`a file that ${what} while it is read is an error`, async () => {
    const { fs, volume } = memoryFs({ '/runs/backup.safetensors': 'old weights' });
    const changing = watchedFs(fs, ({ name }) => {
      if (name === 'read') volume.writeFileSync('/runs/backup.safetensors', content);
    });
    const reading = fsStore('/runs', { fs: changing }).get('backup');
    await expect(reading).rejects.toThrow(/KEEPFIT_STORE_FAILED: .*changed while it was read/);
  });
}

test('gives the checksum of any range, also if pieces are read in another order', async () => {
  const { fs } = memoryFs();
  // Each read waits longer than the next.
  let turns = 12;
  const late = watchedFs(fs, async ({ name }) => {
    if (name === 'read') for (let turn = (turns -= 3); turn > 0; turn--) await setImmediate();
  });
  const bytes = new Uint8Array(5 * 2 ** 20).map((_, index) => index * 31);
  const version = await fsStore('/runs/digits', { fs }).set('backup', createContent(bytes));
  const found = await fsStore('/runs/digits', { fs: late }).get('backup');
  expect(found?.version).toBe(version);
  for (const [from, to] of [
    [0, bytes.length],
    [5, 100],
    [70_000, 4_000_001],
  ] as const)
    expect(found?.getChecksum?.(from, to)).toBe(crc32(bytes.subarray(from, to)));
});

test('a read that gives few bytes at a time is read to its end', async () => {
  const { fs } = memoryFs({ '/runs/backup.safetensors': 'old weights' });
  const slow: FileSystem = {
    ...watchedFs(fs, () => undefined),
    open: async (path, flags, mode) => {
      const handle = await fs.open(path, flags, mode);
      return {
        stat: (options) => handle.stat(options),
        read: (buffer, offset, length, position) =>
          handle.read(buffer, offset, Math.min(length, 3), position),
        close: () => handle.close(),
      } as Awaited<ReturnType<FileSystem['open']>>;
    },
  };
  const found = await fsStore('/runs', { fs: slow }).get('backup');
  expect(Buffer.from(found!.bytes).toString()).toBe('old weights');
});

test('reading closes its file, whether it succeeds or fails', async () => {
  for (const failing of ['none', 'stat', 'read']) {
    const { fs } = memoryFs({ '/runs/backup.safetensors': 'old weights' });
    const open: string[] = [];
    const watched = watchedFs(fs, ({ name }) => {
      if (name === 'open') open.push(name);
      if (name === 'close') open.pop();
      if (name === failing) throw new Error('by this test');
    });
    await fsStore('/runs', { fs: watched })
      .get('backup')
      .catch(() => undefined);
    expect(open).toEqual([]);
  }
});
