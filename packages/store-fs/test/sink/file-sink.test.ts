import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallbackList, CSVLogger, type StateRecord } from '@keepfit/callbacks';
import { createFsFromVolume, Volume } from 'memfs';
import { expect, test } from 'vitest';
import { fileSink, type SinkFileHandle, type SinkFileSystem } from '../../src/index.js';
import { fsFault, quotaFault } from '../helpers/watched-fs.js';

const PATH = '/runs/digits/log.csv';

interface MemoryDisk {
  readonly fs: SinkFileSystem;
  readonly volume: Volume;
  /** Every call, as `name path`, in order. */
  readonly calls: string[];
}

/**
 * Creates a file system in memory that records its calls. `before` may throw, and one write takes at most
 * `most` bytes.
 */
function disk(
  content?: string,
  before: (call: string) => void = () => undefined,
  most = Infinity,
): MemoryDisk {
  const volume = Volume.fromJSON(content === undefined ? { '/': null } : { [PATH]: content });
  // The types of memfs lack some methods of its handles.
  const real = createFsFromVolume(volume).promises as unknown as SinkFileSystem;
  const calls: string[] = [];
  const note = async <Result>(call: string, effect: () => Promise<Result>): Promise<Result> => {
    calls.push(call);
    before(call);
    return effect();
  };
  const watched = (handle: SinkFileHandle, path: string): SinkFileHandle => ({
    read: (buffer, offset, length, position) =>
      note(`read ${path}`, () => handle.read(buffer, offset, Math.min(length, most), position)),
    write: (buffer, offset, length, position) =>
      note(`write ${path}`, () => handle.write(buffer, offset, Math.min(length, most), position)),
    truncate: (length) => note(`truncate ${path}`, () => handle.truncate(length)),
    stat: (options) => note(`fstat ${path}`, () => handle.stat(options)),
    sync: () => note(`sync ${path}`, () => handle.sync()),
    close: () => note(`close ${path}`, () => handle.close()),
  });
  const fs: SinkFileSystem = {
    constants: real.constants,
    open: async (path, flags, mode) =>
      watched(await note(`open ${path}`, () => real.open(path, flags, mode)), path),
    stat: (path, options) => note(`stat ${path}`, () => real.stat(path, options)),
    mkdir: (path, options) => note(`mkdir ${path}`, () => real.mkdir(path, options)),
  };
  return { fs, volume, calls };
}

const readText = ({ volume }: MemoryDisk): string => volume.readFileSync(PATH, 'utf8') as string;

test('reads a part of the file, less if it is shorter, and makes none', async () => {
  const memory = disk('0123456789', undefined, 3);
  const sink = fileSink(PATH, { fs: memory.fs });
  const read = async (begin: number, end: number) => new TextDecoder().decode(await sink.read!(begin, end));
  expect([await read(2, 9), await read(8, 40), await read(20, 22)]).toEqual(['2345678', '89', '']);
  await sink.append('abc');
  expect([await read(9, 13), sink.name]).toEqual(['9abc', PATH]);
  const empty = disk();
  expect(await fileSink(PATH, { fs: empty.fs }).read!(0, 4)).toHaveLength(0);
  expect(empty.calls).toEqual([`open ${PATH}`]);
});

test('makes the file and its folders at the first append, and touches nothing before', async () => {
  const memory = disk();
  const sink = fileSink(PATH, { fs: memory.fs });
  expect(await sink.position()).toBe(0);
  await sink.flush();
  await sink.truncate(0);
  await sink.close!();
  expect(memory.volume.readdirSync('/')).toEqual([]);
  await sink.append('epoch\n');
  expect(readText(memory)).toBe('epoch\n');
});

test('goes on at the end of what is there', async () => {
  const memory = disk('old\n');
  const sink = fileSink(PATH, { fs: memory.fs });
  expect(await sink.position()).toBe(4);
  await sink.append('nëw\n');
  expect(await sink.position()).toBe(9);
  expect(readText(memory)).toBe('old\nnëw\n');
});

test('has each append in the file when it resolves, without a flush', async () => {
  const memory = disk();
  const sink = fileSink(PATH, { fs: memory.fs });
  await sink.append('a');
  expect(readText(memory)).toBe('a');
  await sink.append(Uint8Array.of(98, 99));
  expect(readText(memory)).toBe('abc');
});

test('keeps the order of calls that overlap, and takes the bytes as they were when called', async () => {
  const memory = disk();
  const sink = fileSink(PATH, { fs: memory.fs });
  const bytes = Uint8Array.of(98);
  const appended = [
    sink.append('a'),
    sink.append(bytes),
    sink.append('c'),
    sink.truncate(2),
    sink.append('d'),
  ];
  bytes[0] = 33;
  await Promise.all(appended);
  expect(readText(memory)).toBe('abd');
});

test('writes the rest where a write takes a part only', async () => {
  const memory = disk('>', undefined, 3);
  await fileSink(PATH, { fs: memory.fs }).append('0123456789');
  expect(readText(memory)).toBe('>0123456789');
});

test('refuses a write that takes nothing, instead of trying for ever', async () => {
  const sink = fileSink(PATH, { fs: disk('', undefined, 0).fs });
  await expect(sink.append('a')).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
});

test('cuts the file, and appends there', async () => {
  const memory = disk('whole line\ntorn li');
  const sink = fileSink(PATH, { fs: memory.fs });
  await sink.truncate(11);
  expect([readText(memory), await sink.position()]).toEqual(['whole line\n', 11]);
  await sink.append('next\n');
  expect(readText(memory)).toBe('whole line\nnext\n');
});

test.each([5, 1000, -1, 0.5, NaN])(
  'refuses to cut a file of 4 bytes to %d, and leaves it as it is',
  async (position) => {
    const memory = disk('old\n');
    const sink = fileSink(PATH, { fs: memory.fs });
    await expect(sink.truncate(position)).rejects.toMatchObject({
      code: 'KEEPFIT_STORE_FAILED',
      message: expect.stringContaining(PATH),
    });
    expect(readText(memory)).toBe('old\n');
  },
);

test('refuses to cut a file that is not there, and does not make it', async () => {
  const memory = disk();
  await expect(fileSink(PATH, { fs: memory.fs }).truncate(3)).rejects.toMatchObject({
    message: expect.stringContaining(PATH),
  });
  expect(memory.volume.existsSync(PATH)).toBe(false);
});

test('syncs the file and each new entry of a folder when flushed, once', async () => {
  const memory = disk();
  const sink = fileSink(PATH, { fs: memory.fs });
  await sink.append('a');
  const synced = (): string[] => memory.calls.filter((call) => call.startsWith('sync'));
  expect(synced()).toEqual([]);
  await sink.flush();
  expect(synced()).toEqual([`sync ${PATH}`, 'sync /runs/digits', 'sync /runs', 'sync /']);
  await sink.flush();
  await sink.append('b');
  await sink.flush();
  expect(synced().slice(4)).toEqual([`sync ${PATH}`]);
});

test('flushes and closes what it opened, and opens it again', async () => {
  const memory = disk('a');
  const sink = fileSink(PATH, { fs: memory.fs });
  await sink.append('b');
  await sink.close!();
  await sink.close!();
  expect(memory.calls.slice(-2)).toEqual([`sync ${PATH}`, `close ${PATH}`]);
  await sink.append('c');
  expect(readText(memory)).toBe('abc');
});

test('writes over what a write that failed has left behind', async () => {
  let writes = 0;
  const failing = (call: string): void => {
    if (call.startsWith('write') && ++writes === 2) throw fsFault('ENOSPC');
  };
  const memory = disk('>', failing, 2);
  const sink = fileSink(PATH, { fs: memory.fs });
  await expect(sink.append('0123')).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_FULL',
    message: expect.stringContaining(PATH),
  });
  expect(await sink.position()).toBe(1);
  await sink.append('abcd');
  expect(readText(memory)).toBe('>abcd');
});

test.each(['open', 'write', 'sync', 'mkdir'])(
  'a quota that is used up at %s is KEEPFIT_STORE_FULL',
  async (failing) => {
    for (const errno of [-122, -69]) {
      const { fs } = disk(undefined, (call) => {
        if (call.startsWith(`${failing} `)) throw quotaFault(errno, `Unknown system error ${errno}`);
      });
      const sink = fileSink(PATH, { fs });
      const writing = sink.append('a').then(() => sink.flush());
      await expect(writing).rejects.toMatchObject({
        code: 'KEEPFIT_STORE_FULL',
        message: expect.stringContaining('(EDQUOT): the disk quota is used up'),
      });
    }
  },
);

test('trusts a file no more after a failed fsync, until it is closed', async () => {
  let isBroken = true;
  const memory = disk('', (call) => {
    if (isBroken && call === `sync ${PATH}`) throw fsFault('EIO');
  });
  const sink = fileSink(PATH, { fs: memory.fs });
  await sink.append('a');
  await expect(sink.flush()).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
  isBroken = false;
  await expect(sink.flush()).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
  await expect(sink.append('b')).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
  await sink.close!();
  await sink.append('b');
  await sink.flush();
  expect(readText(memory)).toBe('ab');
});

test.each(['EINVAL', 'EPERM', 'EISDIR'])(
  'does without the sync of folders where there is none (%s)',
  async (code) => {
    const memory = disk(undefined, (call) => {
      if (call === 'sync /runs/digits' || call === 'open /runs') throw fsFault(code);
    });
    const sink = fileSink(PATH, { fs: memory.fs });
    await sink.append('a');
    await sink.flush();
    expect(memory.calls).toContain('close /runs/digits');
  },
);

test.each(['open', 'fstat', 'stat', 'mkdir'])(
  'names path and reason where %s fails, and leaves nothing open',
  async (operation) => {
    const memory = disk(operation === 'mkdir' ? undefined : '', (call) => {
      if (call.startsWith(`${operation} `)) throw fsFault('EACCES');
    });
    const expected = {
      code: 'KEEPFIT_STORE_FAILED',
      message: expect.stringMatching(/\/runs\/digits.*EACCES.*this user may not/),
    };
    await expect(fileSink(PATH, { fs: memory.fs }).append('a')).rejects.toMatchObject(expected);
    const count = (name: string): number => memory.calls.filter((call) => call.startsWith(`${name} `)).length;
    if (operation === 'fstat') expect(count('close')).toBe(count('open'));
  },
);

test('refuses a path that is none, unknown options, and half a file system', () => {
  const invalid = expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' });
  for (const path of ['', 'a\0b', undefined, 5]) expect(() => fileSink(path as string)).toThrow(invalid);
  expect(() => fileSink(PATH, { append: true } as object)).toThrow(/fileSink has no option "append"/);
  expect(() => fileSink(PATH, { fs: { ...disk().fs, mkdir: undefined } as never })).toThrow(invalid);
});

test('carries a CSVLogger through a kill on a real disk, a torn last line included', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-sink-'));
  try {
    const path = join(folder, 'new', 'log.csv');
    let saved: StateRecord = {};
    const killed = await logger(path);
    for (const epoch of [0, 1, 2]) {
      if (epoch === 2) saved = killed.callback.getState();
      await killed.list.onEpochEnd(epoch, { loss: 1 / (epoch + 1) });
    }
    const torn = fileSink(path);
    await torn.append('3,0.2');
    const resumed = await logger(path);
    resumed.callback.setState(structuredClone(saved));
    for (const epoch of [2, 3]) await resumed.list.onEpochEnd(epoch, { loss: 1 / (epoch + 1) });
    for (const sink of [killed.sink, torn, resumed.sink]) await sink.close!();
    expect(await readFile(path, 'utf8')).toBe(
      'epoch,loss,val_loss\n0,1.0,NA\n1,0.5,NA\n2,0.3333333333333333,NA\n3,0.25,NA\n',
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function logger(
  path: string,
): Promise<{ callback: CSVLogger; list: CallbackList; sink: ReturnType<typeof fileSink> }> {
  const sink = fileSink(path);
  const callback = new CSVLogger(sink);
  const list = new CallbackList([callback]);
  list.setModel({ defer: () => undefined } as never);
  await list.onTrainBegin();
  return { callback, list, sink };
}
