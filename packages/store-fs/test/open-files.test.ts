import { createContent } from '@keepfit/callbacks/testing';
import { expect, test } from 'vitest';
import { type FileSystem, fsStore } from '../src/index.js';
import { memoryFs } from './helpers/memory-fs.js';
import { threadStore } from './helpers/thread-store.js';
import { fsFault, watchedFs } from './helpers/watched-fs.js';

const FINAL = '/runs/backup.safetensors';

/** Records the paths of the open files, and fails one operation, counted from 0. */
function recordingFs(
  fs: FileSystem,
  failing: number,
): {
  fs: FileSystem;
  readonly open: ReadonlySet<string>;
  readonly closedTwice: readonly string[];
  readonly hasFailed: boolean;
} {
  let [count, hasFailed] = [-1, false];
  const open = new Set<string>();
  const closedTwice: string[] = [];
  const recording = watchedFs(fs, ({ name, path }) => {
    count += 1;
    // Node frees the descriptor also if its close reports an error.
    if (name === 'close' && !open.delete(path)) closedTwice.push(path);
    if (count === failing) {
      hasFailed = true;
      throw fsFault('EIO');
    }
    if (name === 'open') open.add(path);
  });
  return {
    fs: recording,
    open,
    closedTwice,
    get hasFailed() {
      return hasFailed;
    },
  };
}

const CALLS: Readonly<Record<string, (fs: FileSystem) => Promise<unknown>>> = {
  get: (fs) => fsStore('/runs', { fs }).get('backup'),
  set: (fs) => fsStore('/runs', { fs }).set('backup', createContent(Buffer.from('new weights'), 4)),
  'set in the writer thread': (fs) =>
    threadStore('/runs', fs).set('backup', createContent(Buffer.from('new weights'), 4)),
  delete: (fs) => fsStore('/runs', { fs }).delete('backup'),
  keys: (fs) => fsStore('/runs', { fs }).keys(),
  lock: async (fs) => (await fsStore('/runs', { fs }).lock!('backup')).release(),
  'lock without hard links': async (fs) => {
    const linkless = watchedFs(fs, ({ name }) => {
      if (name === 'link') throw fsFault('EPERM');
    });
    await (await fsStore('/runs', { fs: linkless }).lock!('backup')).release();
  },
};

test.each(Object.entries(CALLS))(
  '%s leaves no file open and closes none twice, whichever operation fails',
  async (_name, call) => {
    let failing = 0;
    for (let hasFailed = true; hasFailed; failing++) {
      const recording = recordingFs(memoryFs({ [FINAL]: 'old weights' }).fs, failing);
      await call(recording.fs).catch(() => undefined);
      expect([...recording.open], `operation ${failing}`).toEqual([]);
      // By then, another thread may have opened a file with this number.
      expect(recording.closedTwice, `operation ${failing}`).toEqual([]);
      ({ hasFailed } = recording);
    }
    expect(failing).toBeGreaterThan(1);
  },
);

test('a reading of which anything fails rejects, and is never an absence', async () => {
  let failing = 0;
  for (let hasFailed = true; hasFailed; failing++) {
    const recording = recordingFs(memoryFs({ [FINAL]: 'old weights' }).fs, failing);
    const [outcome] = await Promise.allSettled([fsStore('/runs', { fs: recording.fs }).get('backup')]);
    ({ hasFailed } = recording);
    // If only the close failed, the bytes are whole.
    if (outcome?.status === 'fulfilled')
      expect(Buffer.from(outcome.value!.bytes).toString()).toBe('old weights');
    else expect(outcome?.reason).toMatchObject({ code: 'KEEPFIT_STORE_FAILED', cause: { code: 'EIO' } });
  }
  expect(failing).toBeGreaterThan(4);
});
