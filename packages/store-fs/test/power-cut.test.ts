import { contentOf } from '@keepfit/callbacks/testing';
import { expect, test } from 'vitest';
import { folderOf } from '../src/folder.js';
import { folderStore } from '../src/folder-store.js';
import { type FileSystem, fsStore } from '../src/index.js';
import { type CrashState, crashStates } from './helpers/crash-states.js';
import type { DiskLog } from './helpers/disk-log.js';
import { type LosingFs, losingFs } from './helpers/losing-fs.js';
import { losingSyncFs } from './helpers/losing-sync-fs.js';
import { memoryFs } from './helpers/memory-fs.js';
import { fakeHost } from './helpers/fake-host.js';
import { finishWriterThread } from './helpers/run-writer-thread.js';

const FOLDER = '/runs/digits';
/** What the checkpoint is after each round. Lengths differ, and no byte stands in two of them. */
const ROUNDS = [undefined, 'aaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb', 'cccccccc', undefined] as const;

interface Writer {
  set(text: string): Promise<unknown>;
  delete(): Promise<unknown>;
}

/** Goes through all rounds; before and after each there is a mark: the last acknowledged, and the one at hand. */
async function throughRounds(log: DiskLog, writer: Writer): Promise<void> {
  log.mark('0 0');
  for (let round = 1; round < ROUNDS.length; round++) {
    const text = ROUNDS[round];
    log.mark(`${round - 1} ${round}`);
    await (text === undefined ? writer.delete() : writer.set(text));
    log.mark(`${round} ${round}`);
  }
}

async function readBack({ files }: CrashState): Promise<string | undefined> {
  const found = await fsStore(FOLDER, { fs: memoryFs(files).fs }).get('backup');
  return found && Buffer.from(found.bytes).toString();
}

/** The states whose checkpoint is neither that of before the round at hand nor that of after it. */
async function wrongStates({
  events,
}: DiskLog): Promise<{ states: number; wrong: { mark: string; found: string | undefined }[] }> {
  const states = crashStates(events).filter(({ mark }) => mark !== '');
  const wrong = [];
  for (const state of states) {
    const found = await readBack(state);
    const [acknowledged, begun] = state.mark.split(' ').map(Number);
    if (found !== ROUNDS[acknowledged!] && found !== ROUNDS[begun!]) wrong.push({ mark: state.mark, found });
  }
  return { states: states.length, wrong };
}

function storeOn(fs: FileSystem): Writer {
  const store = fsStore(FOLDER, { fs });
  return {
    set: (text) => store.set('backup', contentOf(Buffer.from(text), 5)),
    delete: () => store.delete('backup'),
  };
}

test('whatever a power cut loses of what was not synced, the whole old or the whole new is there, and the new once set has resolved', async () => {
  const disk = losingFs();
  await throughRounds(disk.log, storeOn(disk.fs));
  const { states, wrong } = await wrongStates(disk.log);
  expect(wrong).toEqual([]);
  expect(states).toBeGreaterThan(100);
});

test.each([Infinity, 8])(
  'the same holds of the thread that writes while a lock is held, and syncs each %d bytes',
  async (syncEvery) => {
    const { log, fs, volume } = losingSyncFs();
    const path = `${FOLDER}/backup.safetensors`;
    // Taking the lock has made the folder.
    volume.mkdirSync(FOLDER, { recursive: true });
    for (const folder of ['/runs', FOLDER]) log.madeFolder(folder);
    for (const folder of ['/', '/runs']) log.synced(folder);
    await throughRounds(log, {
      set: async (text) => {
        const replies = await finishWriterThread(fs, {
          path,
          bytes: Buffer.from(text),
          chunkLength: 5,
          syncEvery,
        });
        expect(replies.at(-1)).toMatchObject({ kind: 'done' });
      },
      delete: async () => {
        fs.unlinkSync(path);
        fs.fsyncSync(fs.openSync(FOLDER, fs.constants.O_RDONLY));
      },
    });
    const { states, wrong } = await wrongStates(log);
    expect(wrong).toEqual([]);
    expect(states).toBeGreaterThan(100);
  },
);

test('the next run takes the lock and writes, whatever a power cut left', async () => {
  const disk = losingFs();
  const first = folderStore(folderOf(FOLDER, disk.fs, fakeHost()));
  disk.log.mark('begun');
  const lock = await first.lock!('backup');
  await first.set('backup', contentOf(Buffer.from('one'), 2));
  await lock.release();
  for (const { files } of crashStates(disk.log.events)) {
    const { fs, volume } = memoryFs(files);
    const next = folderStore(folderOf(FOLDER, fs, fakeHost({ bootId: 'boot-2' })));
    const held = await next.lock!('backup');
    await next.set('backup', contentOf(Buffer.from('two')), {
      replaces: (await next.get('backup'))?.version ?? null,
    });
    await held.release();
    expect(volume.toJSON()).toEqual({ [`${FOLDER}/backup.safetensors`]: 'two' });
  }
});

/** What is handed through, but for the syncs that are skipped. */
function skippingSync(fs: FileSystem, isSkipped: (path: string) => boolean): FileSystem {
  return {
    ...fs,
    open: async (path, flags, mode) => {
      const handle = await fs.open(path, flags, mode);
      return isSkipped(path) ? { ...handle, sync: async () => undefined } : handle;
    },
  };
}

/** Replaces the file's content where it stands, and syncs it. */
function inPlace(fs: LosingFs['fs']): Writer {
  const path = `${FOLDER}/backup.safetensors`;
  const { O_WRONLY, O_CREAT, O_TRUNC } = fs.constants;
  const syncFolder = async (folder: string): Promise<void> =>
    (await fs.open(folder, fs.constants.O_RDONLY)).sync();
  return {
    async set(text) {
      for (const folder of ['/runs', FOLDER]) await fs.mkdir(folder, { mode: 0o700 }).catch(() => undefined);
      const file = await fs.open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600);
      await file.write(Buffer.from(text), 0, text.length, 0);
      await file.sync();
      for (const folder of ['/', '/runs', FOLDER]) await syncFolder(folder);
    },
    async delete() {
      await fs.unlink(path);
      await syncFolder(FOLDER);
    },
  };
}

test.each<[string, (fs: LosingFs['fs']) => Writer, (found: string | undefined) => boolean]>([
  [
    'does not sync the file',
    (fs) => storeOn(skippingSync(fs, (path) => path.endsWith('.tmp'))),
    (found) => /^$|\0|^a{1,11}$/.test(found ?? '-'),
  ],
  [
    'syncs nothing',
    (fs) => storeOn(skippingSync(fs, () => true)),
    (found) => /^$|\0|^a{1,11}$/.test(found ?? '-'),
  ],
  [
    'does not sync the folder',
    (fs) => storeOn(skippingSync(fs, (path) => path === FOLDER)),
    (found) => found === undefined,
  ],
  [
    'does not sync the parent of a folder it made',
    (fs) => storeOn(skippingSync(fs, (path) => path === '/runs')),
    (found) => found === undefined,
  ],
  ['writes in place', inPlace, (found) => found === '' || /^a+b|^b{8}$/.test(found ?? '')],
])('a writer that %s is found out', async (_what, writer, isTypical) => {
  const disk = losingFs();
  await throughRounds(disk.log, writer(disk.fs));
  const { wrong } = await wrongStates(disk.log);
  expect(wrong.some(({ found }) => isTypical(found))).toBe(true);
});
