import { createContent } from '@keepfit/callbacks/testing';
import { describe, expect, test } from 'vitest';
import { toFolder } from '../../src/folder/folder.js';
import { folderStore } from '../../src/folder-store.js';
import { type FileSystem, fsStore } from '../../src/index.js';
import { memoryFs } from '../helpers/memory-fs.js';
import { fakeHost } from '../helpers/fake-host.js';
import { unsteadyFs } from '../helpers/unsteady-fs.js';
import { WRITERS } from '../helpers/thread-store.js';
import { fsFault, type Operation, quotaFault, shortWritingFs, watchedFs } from '../helpers/watched-fs.js';

type OpenStore = (typeof WRITERS)[number][1];

/** The errors of a full disk and of a used up quota, as Node gives them. */
const FULL: [name: string, fault: Error][] = [
  ['ENOSPC', fsFault('ENOSPC')],
  ['EDQUOT', fsFault('EDQUOT')],
  ['-122 of Linux', quotaFault(-122, 'Unknown system error -122')],
  ['-122 of Linux in a thread', quotaFault(-122, 'UNKNOWN')],
  ['-69 of macOS', quotaFault(-69, 'Unknown system error -69')],
];

const FINAL = '/runs/backup.safetensors';
const NEW = 'new weights, and more of them';
const newContent = (): ReturnType<typeof createContent> => createContent(Buffer.from(NEW), 10);

function formatOperation({ name, path, to }: Operation): string {
  const short = (one: string): string => one.replace(/\.[0-9a-f-]{36}\.tmp$/, '.<uuid>.tmp');
  return [name, short(path), ...(to === undefined ? [] : [short(to)])].join(' ');
}

function record(fs: FileSystem): [FileSystem, string[]] {
  const operations: string[] = [];
  return [watchedFs(fs, (operation) => void operations.push(formatOperation(operation))), operations];
}

describe.each(WRITERS)('%s', (_how, openStore) => {
  test('writes in the documented order', async () => {
    const [fs, operations] = record(memoryFs({ [FINAL]: 'old' }).fs);
    const store = openStore('/runs', fs);
    const { version } = (await store.get('backup'))!;
    operations.length = 0;
    await store.set('backup', newContent(), { replaces: version });
    const temp = '/runs/.backup.<uuid>.tmp';
    expect(operations).toEqual([
      `lstat ${FINAL}`, // may the write begin
      'stat /runs',
      'open /',
      'sync /', // the entry of the folder itself, once per store
      'close /',
      `open ${temp}`,
      `write ${temp}`,
      `write ${temp}`,
      `write ${temp}`,
      `stat ${temp}`,
      `sync ${temp}`,
      `close ${temp}`,
      `lstat ${temp}`, // the version
      `lstat ${FINAL}`, // is the condition still met
      `open ${FINAL}`,
      `stat ${FINAL}`,
      `read ${FINAL}`,
      `close ${FINAL}`,
      `rename ${temp} ${FINAL}`,
      'open /runs',
      'sync /runs',
      'close /runs',
    ]);
  });

  test('opens the temp file so that it must be new, and for this user only', async () => {
    const { fs } = memoryFs({ [FINAL]: 'old' });
    const opened: [number, number | undefined][] = [];
    const watched: FileSystem = {
      ...watchedFs(fs, () => undefined),
      open: (path, flags, mode) => {
        if (path.endsWith('.tmp')) opened.push([flags, mode]);
        return fs.open(path, flags, mode);
      },
    };
    await openStore('/runs', watched).set('backup', newContent());
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = fs.constants;
    expect(opened).toEqual([[O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600]]);
  });

  test('makes missing folders for this user only, and syncs the parent of each', async () => {
    const { fs, volume } = memoryFs({ '/home/notes': 'x' });
    const [watched, operations] = record(fs);
    await openStore('/home/runs/digits', watched).set('backup', newContent());
    const made = operations.filter(
      (operation) => /^(mkdir|sync) /.test(operation) && !operation.endsWith('.tmp'),
    );
    expect(made).toEqual([
      'sync /',
      'mkdir /home/runs',
      'sync /home',
      'mkdir /home/runs/digits',
      'sync /home/runs',
      'sync /home/runs/digits',
    ]);
    expect(volume.statSync('/home/runs').mode! & 0o777).toBe(0o700);
  });

  test('makes a folder again that was removed meanwhile', async () => {
    const { fs, volume } = memoryFs();
    const store = openStore('/runs', fs);
    await store.set('backup', newContent());
    volume.rmSync('/runs', { recursive: true });
    await store.set('backup', newContent());
    expect(volume.toJSON()).toEqual({ [FINAL]: NEW });
  });

  test('a parent that this user may not look into does not stop a write into a folder that is there', async () => {
    const { fs, volume } = memoryFs({ [FINAL]: 'old' });
    const closed = watchedFs(fs, ({ name, path }) => {
      if (name === 'open' && path === '/') throw fsFault('EACCES');
    });
    await openStore('/runs', closed).set('backup', newContent());
    expect(volume.readFileSync(FINAL, 'utf8')).toBe(NEW);
  });

  for (const old of ['old weights', undefined]) {
    for (const mode of ['once', 'for ever'] as const) {
      const before = old === undefined ? 'nothing' : 'the old';
      test(`whichever operation fails ${mode}, ${before} or the new is there, whole, and an error says so`, async () => {
        let failing = 0;
        let isDone = false;
        for (; !isDone; failing++) isDone = !(await setWithFault(openStore, failing, mode, old));
        // A write is at least: look, prepare, open, 3 writes, stat, sync, close, look, rename, and three for
        // the folder.
        expect(failing).toBeGreaterThan(14);
      });
    }
  }

  test('continues after a short write', async () => {
    for (const most of [1, 3, 9]) {
      const { fs, volume } = memoryFs({ [FINAL]: 'old' });
      await openStore('/runs', shortWritingFs(fs, most)).set('backup', newContent());
      expect(volume.toJSON()).toEqual({ [FINAL]: NEW });
    }
  });

  test('a write of nothing, or of less than nothing, is an error and not a loop', async () => {
    for (const bytesWritten of [0, -1, Number.NaN]) {
      const { fs, volume } = memoryFs({ [FINAL]: 'old' });
      const broken: FileSystem = {
        ...watchedFs(fs, () => undefined),
        open: async (...args) => {
          const handle = await fs.open(...args);
          return Object.assign(Object.create(handle) as typeof handle, {
            write: async () => ({ bytesWritten }),
            close: () => handle.close(),
            stat: () => handle.stat({ bigint: true }),
            sync: () => handle.sync(),
          });
        },
      };
      const setting = openStore('/runs', broken).set('backup', newContent());
      await expect(setting).rejects.toThrow(new RegExp(`KEEPFIT_STORE_FAILED: .*wrote ${bytesWritten};`));
      expect(volume.toJSON()).toEqual({ [FINAL]: 'old' });
    }
  });

  test('chunks that do not add up to the announced length are an error with both numbers', async () => {
    const { fs, volume } = memoryFs({ [FINAL]: 'old' });
    const store = openStore('/runs', fs);
    const short = store.set('backup', { ...newContent(), byteLength: 30 });
    await expect(short).rejects.toThrow(/KEEPFIT_STORE_FAILED: .*announced 30 bytes, but came to 29;/);
    const long = store.set('backup', { ...newContent(), byteLength: 15 });
    await expect(long).rejects.toThrow(/KEEPFIT_STORE_FAILED: .*announced 15 bytes, but came to 20 or more;/);
    expect(volume.toJSON()).toEqual({ [FINAL]: 'old' });
  });

  test('a file of another size than was written is an error', async () => {
    const { fs, volume } = memoryFs({ [FINAL]: 'old' });
    const growing = watchedFs(fs, ({ name, path }) => {
      if (name === 'stat' && path.endsWith('.tmp')) volume.appendFileSync(path, 'x');
    });
    const setting = openStore('/runs', growing).set('backup', newContent());
    await expect(setting).rejects.toThrow(/KEEPFIT_STORE_FAILED: .*should have 29 bytes, but has 30/);
    expect(volume.toJSON()).toEqual({ [FINAL]: 'old' });
  });

  for (const [name, fault] of FULL) {
    for (const failing of ['open', 'write', 'sync', 'close', 'rename']) {
      test(`${name} at ${failing} is KEEPFIT_STORE_FULL, and keeps the old`, async () => {
        const { fs, volume } = memoryFs({ [FINAL]: 'old' });
        let isFirst = true;
        const full = watchedFs(fs, ({ name: operation, path }) => {
          if (operation !== failing || !path.endsWith('.tmp') || !isFirst) return;
          isFirst = false;
          throw fault;
        });
        const error = await openStore('/runs', full)
          .set('backup', newContent())
          .catch((reason: unknown) => reason as Error);
        const { code } = fault as NodeJS.ErrnoException;
        expect(error).toMatchObject({ code: 'KEEPFIT_STORE_FULL', cause: { code } });
        expect((error as Error).message).toMatch(/\((ENOSPC|EDQUOT)\): .* (full|quota is used up)/);
        if (failing !== 'rename') expect((error as Error).message).toMatch(/29 bytes must fit into \/runs;/);
        expect(volume.toJSON()).toEqual({ [FINAL]: 'old' });
      });
    }
  }

  test('a file that could not be synced is not synced again', async () => {
    const { fs } = memoryFs({ [FINAL]: 'old' });
    let syncs = 0;
    const faulty = watchedFs(fs, ({ name, path }) => {
      if (name !== 'sync' || !path.endsWith('.tmp')) return;
      syncs += 1;
      throw fsFault('EIO');
    });
    const setting = openStore('/runs', faulty).set('backup', newContent());
    await expect(setting).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
    expect(syncs).toBe(1);
  });

  test.each(['EACCES', 'EROFS', 'ENOTDIR'])('%s says which path, and what would do', async (code) => {
    const { fs } = memoryFs({ [FINAL]: 'old' });
    const faulty = watchedFs(fs, ({ name, path }) => {
      if (name === 'open' && path.endsWith('.tmp')) throw fsFault(code);
    });
    const error = await openStore('/runs', faulty)
      .set('backup', newContent())
      .catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({ code: 'KEEPFIT_STORE_FAILED', cause: { code } });
    expect((error as Error).message).toMatch(
      new RegExp(`could not make /runs/\\.backup\\..*\\.tmp \\(${code}\\): .*give fsStore`),
    );
  });

  test('a file system without any sync is refused, and the old stays', async () => {
    const { fs, volume } = memoryFs({ [FINAL]: 'old' });
    const syncless: FileSystem = {
      ...watchedFs(fs, () => undefined),
      open: async (...args) => Object.assign(await fs.open(...args), { sync: undefined }),
    };
    const setting = openStore('/runs', syncless).set('backup', newContent());
    await expect(setting).rejects.toThrow(/KEEPFIT_STORE_FAILED: could not sync/);
    expect(volume.toJSON()).toEqual({ [FINAL]: 'old' });
  });

  test('a file system whose folders have no sync (EINVAL) is written all the same', async () => {
    const { fs, volume } = memoryFs({ [FINAL]: 'old' });
    const without = watchedFs(fs, ({ name, path }) => {
      if (name === 'sync' && !path.endsWith('.tmp')) throw fsFault('EINVAL');
    });
    await openStore('/runs', without).set('backup', newContent());
    expect(volume.readFileSync(FINAL, 'utf8')).toBe(NEW);
  });

  test('an error of the source of the chunks reaches the caller as it is', async () => {
    const { fs, volume } = memoryFs({ [FINAL]: 'old' });
    const failure = new Error('the device was lost');
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10);
      throw failure;
    }
    await expect(openStore('/runs', fs).set('backup', { byteLength: 20, chunks: chunks() })).rejects.toBe(
      failure,
    );
    expect(volume.toJSON()).toEqual({ [FINAL]: 'old' });
  });

  test('a conflict that is seen at the start writes nothing', async () => {
    const [fs, operations] = record(memoryFs({ [FINAL]: 'old' }).fs);
    const setting = openStore('/runs', fs).set('backup', newContent(), { replaces: null });
    await expect(setting).rejects.toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT' });
    expect(operations).toEqual([`lstat ${FINAL}`]);
  });

  test('a conflict that is seen at the rename changes nothing and leaves no temp file', async () => {
    const { fs, volume } = memoryFs({ [FINAL]: 'old' });
    const { version } = (await openStore('/runs', fs).get('backup'))!;
    const intruding = watchedFs(fs, ({ name, path }) => {
      if (name === 'close' && path.endsWith('.tmp')) volume.writeFileSync(FINAL, 'another');
    });
    const setting = openStore('/runs', intruding).set('backup', newContent(), { replaces: version });
    await expect(setting).rejects.toMatchObject({
      code: 'KEEPFIT_STORE_CONFLICT',
      message: expect.stringContaining(FINAL),
    });
    expect(volume.toJSON()).toEqual({ [FINAL]: 'another' });
  });

  test('versions differ on a file system whose clock stands still', async () => {
    const { fs } = memoryFs();
    const store = openStore('/runs', unsteadyFs(fs, { changesNumbers: false, resolution: 10n ** 18n }));
    const versions = [];
    for (let round = 0; round < 5; round++)
      versions.push(await store.set('backup', createContent(Uint8Array.of(round))));
    for (let round = 5; round < 9; round++) {
      await store.delete('backup');
      versions.push(await store.set('backup', createContent(Uint8Array.of(round))));
    }
    expect(new Set(versions).size).toBe(9);
  });
});

/** Runs one set with a failing operation; false if it has fewer operations than that. */
async function setWithFault(
  openStore: OpenStore,
  failing: number,
  mode: 'once' | 'for ever',
  old: string | undefined,
): Promise<boolean> {
  const { fs, volume } = memoryFs(old === undefined ? { '/runs/.keep': '' } : { [FINAL]: old });
  let count = -1;
  let hasFailed = false;
  let isRenamed = false;
  const faulty = watchedFs(fs, ({ name }) => {
    count += 1;
    if (mode === 'once' ? count === failing : count >= failing) {
      hasFailed = true;
      throw fsFault('EIO');
    }
    if (name === 'rename') isRenamed = true;
  });
  const error = await openStore('/runs', faulty)
    .set('backup', newContent())
    .then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );

  const files = volume.toJSON('/runs');
  const now = files[FINAL];
  if (!hasFailed) {
    expect([error, now]).toEqual([undefined, NEW]);
    return false;
  }
  expect(error).toMatchObject({ code: 'KEEPFIT_STORE_FAILED', cause: { code: 'EIO' } });
  // After the rename the new bytes are in place, but perhaps not for good, and the message tells.
  expect(now).toBe(isRenamed ? NEW : old);
  expect(error?.message.includes('is in place at')).toBe(isRenamed);

  const temps = Object.keys(files).filter((path) => path.endsWith('.tmp'));
  if (mode === 'once') expect(temps).toEqual([]);
  const healthy = openStore('/runs', fs);
  await healthy.lock!('backup');
  expect(Object.keys(volume.toJSON('/runs')).filter((path) => path.endsWith('.tmp'))).toEqual([]);
  await healthy.set('backup', newContent());
  expect(volume.readFileSync(FINAL, 'utf8')).toBe(NEW);
  return true;
}

function onWindows(fs: FileSystem): { store: ReturnType<typeof folderStore>; pauses: number[] } {
  const host = fakeHost({}, { 100: '5000' }, true);
  return { store: folderStore(toFolder('/runs', fs, host)), pauses: host.pauses };
}

test('on Windows no folder is synced', async () => {
  const [fs, operations] = record(memoryFs({ [FINAL]: 'old' }).fs);
  await onWindows(fs).store.set('backup', newContent());
  expect(operations.filter((operation) => operation.startsWith('sync'))).toEqual([
    'sync /runs/.backup.<uuid>.tmp',
  ]);
});

test.each(['EPERM', 'EACCES', 'EBUSY'])('on Windows a rename that meets %s is tried again', async (code) => {
  const { fs, volume } = memoryFs({ [FINAL]: 'old' });
  let tries = 0;
  const busy = watchedFs(fs, ({ name }) => {
    if (name !== 'rename') return;
    tries += 1;
    if (tries < 4) throw fsFault(code);
  });
  const { store, pauses } = onWindows(busy);
  await store.set('backup', newContent());
  expect(volume.toJSON()).toEqual({ [FINAL]: NEW });
  expect(pauses).toEqual([10, 20, 40]);
});

test('on Windows a rename is given up after 10 s, and the old stays', async () => {
  const { fs, volume } = memoryFs({ [FINAL]: 'old' });
  const busy = watchedFs(fs, ({ name }) => {
    if (name === 'rename') throw fsFault('EBUSY');
  });
  const { store, pauses } = onWindows(busy);
  await expect(store.set('backup', newContent())).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_FAILED',
    cause: { code: 'EBUSY' },
  });
  const waited = pauses.reduce((sum, pause) => sum + pause, 0);
  expect(waited).toBeGreaterThanOrEqual(10_000);
  expect(waited).toBeLessThan(10_500);
  expect(volume.toJSON()).toEqual({ [FINAL]: 'old' });
});

test('on Windows the condition is looked at again before each try', async () => {
  const { fs, volume } = memoryFs({ [FINAL]: 'old' });
  let tries = 0;
  const busy = watchedFs(fs, ({ name }) => {
    if (name !== 'rename') return;
    tries += 1;
    volume.writeFileSync(FINAL, 'another');
    throw fsFault('EBUSY');
  });
  const { store } = onWindows(busy);
  const { version } = (await store.get('backup'))!;
  await expect(store.set('backup', newContent(), { replaces: version })).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_CONFLICT',
  });
  expect(tries).toBe(1);
  expect(volume.toJSON()).toEqual({ [FINAL]: 'another' });
});

test('elsewhere such a rename fails at once', async () => {
  const { fs } = memoryFs({ [FINAL]: 'old' });
  const host = fakeHost();
  const busy = watchedFs(fs, ({ name }) => {
    if (name === 'rename') throw fsFault('EPERM');
  });
  const setting = folderStore(toFolder('/runs', busy, host)).set('backup', newContent());
  await expect(setting).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
  expect(host.pauses).toEqual([]);
});

test('a delete unlinks, then syncs the folder', async () => {
  const [fs, operations] = record(memoryFs({ [FINAL]: 'old' }).fs);
  await fsStore('/runs', { fs }).delete('backup');
  expect(operations).toEqual([`unlink ${FINAL}`, 'open /runs', 'sync /runs', 'close /runs']);
});

test('a delete whose folder could not be synced rejects, and can be tried again', async () => {
  const { fs, volume } = memoryFs({ [FINAL]: 'old' });
  let syncs = 0;
  const faulty = watchedFs(fs, ({ name }) => {
    if (name !== 'sync') return;
    syncs += 1;
    if (syncs === 1) throw fsFault('EIO');
  });
  const store = fsStore('/runs', { fs: faulty });
  await expect(store.delete('backup')).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
  await store.delete('backup');
  expect(syncs).toBe(2);
  expect(volume.existsSync(FINAL)).toBe(false);
});
