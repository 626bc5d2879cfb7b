import { createContent } from '@keepfit/callbacks/testing';
import { expect, test } from 'vitest';
import { type FileSystem, fsStore } from '../src/index.js';
import { memoryFs } from './helpers/memory-fs.js';
import { fsFault, watchedFs } from './helpers/watched-fs.js';

const FINAL = '/runs/backup.safetensors';

/** Notes which files are open, by their paths, and fails the so many-th operation. */
function notingFs(
  fs: FileSystem,
  failing: number,
): { fs: FileSystem; readonly open: ReadonlySet<string>; readonly hasFailed: boolean } {
  let [count, hasFailed] = [-1, false];
  const open = new Set<string>();
  const noting = watchedFs(fs, ({ name, path }) => {
    count += 1;
    // Node frees the descriptor also where its close reports an error.
    if (name === 'close') open.delete(path);
    if (count === failing) {
      hasFailed = true;
      throw fsFault('EIO');
    }
    if (name === 'open') open.add(path);
  });
  return {
    fs: noting,
    open,
    get hasFailed() {
      return hasFailed;
    },
  };
}

const CALLS: Readonly<Record<string, (fs: FileSystem) => Promise<unknown>>> = {
  get: (fs) => fsStore('/runs', { fs }).get('backup'),
  set: (fs) => fsStore('/runs', { fs }).set('backup', createContent(Buffer.from('new weights'), 4)),
  delete: (fs) => fsStore('/runs', { fs }).delete('backup'),
  keys: (fs) => fsStore('/runs', { fs }).keys(),
  lock: async (fs) => (await fsStore('/runs', { fs }).lock!('backup')).release(),
};

test.each(Object.entries(CALLS))('%s leaves no file open, whichever operation fails', async (_name, call) => {
  let failing = 0;
  for (let hasFailed = true; hasFailed; failing++) {
    const noting = notingFs(memoryFs({ [FINAL]: 'old weights' }).fs, failing);
    await call(noting.fs).catch(() => undefined);
    expect([...noting.open], `operation ${failing}`).toEqual([]);
    ({ hasFailed } = noting);
  }
  expect(failing).toBeGreaterThan(1);
});

test('a reading of which anything fails rejects, and is never an absence', async () => {
  let failing = 0;
  for (let hasFailed = true; hasFailed; failing++) {
    const noting = notingFs(memoryFs({ [FINAL]: 'old weights' }).fs, failing);
    const [outcome] = await Promise.allSettled([fsStore('/runs', { fs: noting.fs }).get('backup')]);
    ({ hasFailed } = noting);
    // What was read before the close failed is whole.
    if (outcome?.status === 'fulfilled')
      expect(Buffer.from(outcome.value!.bytes).toString()).toBe('old weights');
    else expect(outcome?.reason).toMatchObject({ code: 'KEEPFIT_STORE_FAILED', cause: { code: 'EIO' } });
  }
  expect(failing).toBeGreaterThan(4);
});
