import type { CheckpointStore } from '@keepfit/callbacks/store';
import { createContent } from '@keepfit/callbacks/testing';
import { describe, expect, test } from 'vitest';
import { toFolder } from '../../src/folder/folder.js';
import { folderStore } from '../../src/folder-store.js';
import type { FileSystem } from '../../src/index.js';
import { fakeHost } from '../helpers/fake-host.js';
import { memoryFs } from '../helpers/memory-fs.js';
import { threadStore } from '../helpers/thread-store.js';
import { fsFault, watchedFs } from '../helpers/watched-fs.js';

const FINAL = '/runs/backup.safetensors';
const NEW = 'new weights, and more of them';

describe.each<[string, (fs: FileSystem) => CheckpointStore]>([
  ['in the calling thread', (fs) => folderStore({ ...toFolder('/runs', fs, fakeHost()), syncEvery: 20 })],
  ['in the writer thread', (fs) => threadStore('/runs', fs, 20)],
])('%s', (_how, openStore) => {
  /**
   * Stores three chunks. The early sync begins after the second, and ends only when `steps` has the third.
   */
  async function store(before: (name: string) => void, content = createContent(Buffer.from(NEW), 10)) {
    const steps: string[] = [];
    const { fs, volume } = memoryFs({ [FINAL]: 'old' });
    const watched = watchedFs(fs, async ({ name, path }) => {
      if (!path.endsWith('.tmp')) return;
      steps.push(name);
      if (name === 'sync') for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
      before(name);
    });
    const [outcome] = await Promise.allSettled([openStore(watched).set('backup', content)]);
    const kept = new Set(['write', 'sync', 'close', 'rename', 'unlink']);
    return { outcome, steps: steps.filter((step) => kept.has(step)), files: volume.toJSON('/runs') };
  }

  test('a large file is synced while it is written, and once more before it is put in place', async () => {
    const { outcome, steps, files } = await store(() => undefined);
    expect(outcome.status).toBe('fulfilled');
    expect(steps).toEqual(['write', 'write', 'sync', 'write', 'sync', 'close', 'rename']);
    expect(files).toEqual({ [FINAL]: NEW });
  });

  test('a failed early sync fails the checkpoint, because the last sync would not tell; the file is not synced again', async () => {
    let syncs = 0;
    const { outcome, steps, files } = await store((name) => {
      if (name === 'sync' && syncs++ === 0) throw fsFault('EIO');
    });
    expect(outcome).toMatchObject({ reason: { code: 'KEEPFIT_STORE_FAILED', cause: { code: 'EIO' } } });
    expect(steps).toEqual(['write', 'write', 'sync', 'write', 'close', 'unlink']);
    expect(files).toEqual({ [FINAL]: 'old' });
  });

  test('after a failed early sync the rest of a large checkpoint is not written', async () => {
    let hasFailed = false;
    const { outcome, steps } = await store(
      (name) => {
        if (name !== 'sync') return;
        hasFailed = true;
        throw fsFault('EIO');
      },
      {
        byteLength: 10_000,
        chunks: (async function* () {
          for (let sent = 0; sent < 10_000; sent += 10) {
            yield new Uint8Array(10);
            if (!hasFailed) await new Promise(setImmediate);
          }
        })(),
      },
    );
    expect(outcome).toMatchObject({ reason: { code: 'KEEPFIT_STORE_FAILED', cause: { code: 'EIO' } } });
    expect(steps.length).toBeLessThan(50);
    expect(steps.slice(-2)).toEqual(['close', 'unlink']);
  });

  test.each([true, false])(
    'if a write fails while the file is synced, it is closed and removed after that; the sync fails: %s',
    async (fails) => {
      let writes = 0;
      const { outcome, steps, files } = await store((name) => {
        if (name === 'write' && writes++ === 2) throw fsFault('ENOSPC');
        if (name === 'sync' && fails) throw fsFault('EIO');
      });
      expect(outcome).toMatchObject({ reason: { code: 'KEEPFIT_STORE_FULL', cause: { code: 'ENOSPC' } } });
      expect(steps).toEqual(['write', 'write', 'sync', 'write', 'close', 'unlink']);
      expect(files).toEqual({ [FINAL]: 'old' });
    },
  );

  test.each([true, false])(
    'if the content fails while the file is synced, it is closed and removed after that; the sync fails: %s',
    async (fails) => {
      const failure = new Error('the device was lost');
      const { outcome, steps, files } = await store(
        (name) => {
          if (name === 'sync' && fails) throw fsFault('EIO');
        },
        {
          byteLength: 30,
          chunks: (async function* () {
            yield new Uint8Array(10);
            yield new Uint8Array(10);
            throw failure;
          })(),
        },
      );
      expect(outcome).toEqual({ status: 'rejected', reason: failure });
      expect(steps.slice(-3)).toEqual(['sync', 'close', 'unlink']);
      expect(files).toEqual({ [FINAL]: 'old' });
    },
  );
});
