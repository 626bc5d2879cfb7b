import type { CheckpointStore } from '@keepfit/callbacks/store';
import { createContent } from '@keepfit/callbacks/testing';
import { expect, test } from 'vitest';
import { toFolder } from '../src/folder/folder.js';
import { folderStore } from '../src/folder-store.js';
import { type FileSystem, fsStore } from '../src/index.js';
import { type CrashState, crashStates } from './helpers/crash-states.js';
import type { DiskLog } from './helpers/disk-log.js';
import { type LosingFs, losingFs } from './helpers/losing-fs.js';
import { memoryFs } from './helpers/memory-fs.js';
import { fakeHost } from './helpers/fake-host.js';
import { threadStore } from './helpers/thread-store.js';

const FOLDER = '/runs/digits';
/** The checkpoint after each round. Lengths differ, and no two rounds share a byte. */
const ROUNDS = [undefined, 'aaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb', 'cccccccc', undefined] as const;

interface Writer {
  set(text: string): Promise<unknown>;
  delete(): Promise<unknown>;
}

/** Runs all rounds. A mark before and after each has the last acknowledged round and the current one. */
async function runRounds(log: DiskLog, writer: Writer): Promise<void> {
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

/** Finds the states whose checkpoint is neither the one before the current round nor the one after it. */
async function findWrongStates({
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
  return writerTo(fsStore(FOLDER, { fs }));
}

function writerTo(store: CheckpointStore): Writer {
  return {
    set: (text) => store.set('backup', createContent(Buffer.from(text), 5)),
    delete: () => store.delete('backup'),
  };
}

const [OWN, LOCKED] = ['the calling thread', 'the thread that writes while a lock is held'];

test.each<[string, number, (fs: FileSystem, syncEvery: number) => CheckpointStore]>([
  [OWN, Infinity, (fs) => fsStore(FOLDER, { fs })],
  [OWN, 8, (fs, syncEvery) => folderStore({ ...toFolder(FOLDER, fs, fakeHost()), syncEvery })],
  [LOCKED, Infinity, (fs) => threadStore(FOLDER, fs)],
  [LOCKED, 8, (fs, syncEvery) => threadStore(FOLDER, fs, syncEvery)],
])(
  'whatever a power cut loses of what was not synced, the whole old or the whole new is there, and the new once set has resolved: %s, which syncs each %d bytes',
  async (_how, syncEvery, openStore) => {
    const disk = losingFs();
    await runRounds(disk.log, writerTo(openStore(disk.fs, syncEvery)));
    const { states, wrong } = await findWrongStates(disk.log);
    expect(wrong).toEqual([]);
    expect(states).toBeGreaterThan(100);
  },
);

test('the next run takes the lock and writes, whatever a power cut left', async () => {
  const disk = losingFs();
  const first = folderStore(toFolder(FOLDER, disk.fs, fakeHost()));
  disk.log.mark('begun');
  const lock = await first.lock!('backup');
  await first.set('backup', createContent(Buffer.from('one'), 2));
  await lock.release();
  for (const { files } of crashStates(disk.log.events)) {
    const { fs, volume } = memoryFs(files);
    const next = folderStore(toFolder(FOLDER, fs, fakeHost({ bootId: 'boot-2' })));
    const held = await next.lock!('backup');
    await next.set('backup', createContent(Buffer.from('two')), {
      replaces: (await next.get('backup'))?.version ?? null,
    });
    await held.release();
    expect(volume.toJSON()).toEqual({ [`${FOLDER}/backup.safetensors`]: 'two' });
  }
});

/** Passes all calls through but skips some syncs. */
function skipSyncs(fs: FileSystem, isSkipped: (path: string) => boolean): FileSystem {
  return {
    ...fs,
    open: async (path, flags, mode) => {
      const handle = await fs.open(path, flags, mode);
      return isSkipped(path) ? { ...handle, sync: async () => undefined } : handle;
    },
  };
}

/** Replaces the content of the file in place, and syncs it. */
function writeInPlace(fs: LosingFs['fs']): Writer {
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
    (fs) => storeOn(skipSyncs(fs, (path) => path.endsWith('.tmp'))),
    (found) => /^$|\0|^a{1,11}$/.test(found ?? '-'),
  ],
  [
    'syncs nothing',
    (fs) => storeOn(skipSyncs(fs, () => true)),
    (found) => /^$|\0|^a{1,11}$/.test(found ?? '-'),
  ],
  [
    'does not sync the folder',
    (fs) => storeOn(skipSyncs(fs, (path) => path === FOLDER)),
    (found) => found === undefined,
  ],
  [
    'does not sync the parent of a folder it made',
    (fs) => storeOn(skipSyncs(fs, (path) => path === '/runs')),
    (found) => found === undefined,
  ],
  ['writes in place', writeInPlace, (found) => found === '' || /^a+b|^b{8}$/.test(found ?? '')],
])('a writer that %s is found out', async (_what, writer, isTypical) => {
  const disk = losingFs();
  await runRounds(disk.log, writer(disk.fs));
  const { wrong } = await findWrongStates(disk.log);
  expect(wrong.some(({ found }) => isTypical(found))).toBe(true);
});
