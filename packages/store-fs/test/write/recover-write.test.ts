import { expect, test } from 'vitest';
import { toFolder } from '../../src/folder/folder.js';
import { fsStore } from '../../src/index.js';
import { recoverWrite } from '../../src/write/recover-write.js';
import { fakeHost } from '../helpers/fake-host.js';
import { memoryFs } from '../helpers/memory-fs.js';
import { fsFault, watchedFs } from '../helpers/watched-fs.js';

const FINAL = '/runs/backup.safetensors';
const TEMP = '/runs/.backup.temp.tmp';

/** A folder with a checkpoint of this version and a temp file, of which a sync may fail. */
async function leave(syncFails = false) {
  const { fs, volume } = memoryFs({ [FINAL]: 'whole', [TEMP]: 'half' });
  const { version } = (await fsStore('/runs', { fs }).get('backup'))!;
  const syncs: string[] = [];
  const watched = watchedFs(fs, ({ name, path }) => {
    if (name !== 'sync') return;
    syncs.push(path);
    if (syncFails) throw fsFault('EIO');
  });
  return { folder: toFolder('/runs', watched, fakeHost()), version, volume, syncs };
}

test('makes a checkpoint durable that is in place', async () => {
  const { folder, version, syncs } = await leave();
  expect(await recoverWrite(folder, 'backup', TEMP, version)).toBe(version);
  expect(syncs).toEqual(['/runs']);
  expect(folder.known.get('backup')?.version).toBe(version);
});

test('says so if a checkpoint that is in place cannot be made durable', async () => {
  const { folder, version } = await leave(true);
  await expect(recoverWrite(folder, 'backup', TEMP, version)).rejects.toThrow(
    /KEEPFIT_STORE_FAILED: the new checkpoint is in place at .*EIO/,
  );
});

test.each(['', '5-0123456789abcdef0123456789abcdef-01234567'])(
  'leaves the old one and no temp file otherwise: %j',
  async (version) => {
    const { folder, volume, syncs } = await leave();
    expect(await recoverWrite(folder, 'backup', TEMP, version)).toBeUndefined();
    expect(volume.toJSON('/runs')).toEqual({ [FINAL]: 'whole' });
    expect(syncs).toEqual([]);
  },
);
