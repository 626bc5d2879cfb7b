import { createContent } from '@keepfit/callbacks/testing';
import { describe, expect, test } from 'vitest';
import { toFolder } from '../../src/folder/folder.js';
import { folderStore } from '../../src/folder-store.js';
import { fakeHost } from '../helpers/fake-host.js';
import { memoryFs } from '../helpers/memory-fs.js';
import { WRITERS } from '../helpers/thread-store.js';
import { fsFault, quotaFault, watchedFs } from '../helpers/watched-fs.js';

const content = createContent(Buffer.from('new'));

describe.each(WRITERS)('%s', (_how, openStore) => {
  test('a symbolic link to nothing in place of the folder is named', async () => {
    const { fs, volume } = memoryFs({ '/home/notes': 'x' });
    volume.symlinkSync('/disk/runs', '/runs');
    // A file system that cannot tell where the link leads to.
    const { readlink: _, ...others } = fs;
    const store = openStore('/runs', others);
    const message = /KEEPFIT_STORE_FAILED: \/runs is a symbolic link to a folder that is missing; make that/;
    await expect(store.set('backup', content)).rejects.toThrow(message);
    await expect(store.lock!('backup')).rejects.toThrow(message);
  });

  test('a path through a file says so, in every operation', async () => {
    const { fs } = memoryFs({ '/notes': 'a file' });
    const store = openStore('/notes/runs', fs);
    for (const call of [
      () => store.set('backup', content),
      () => store.get('backup'),
      () => store.delete('backup'),
      () => store.keys(),
      () => store.lock!('backup'),
    ])
      await expect(call()).rejects.toThrow(/KEEPFIT_STORE_FAILED: .*\/notes.*file/);
  });

  for (const [code, advice] of [
    ['ENAMETOOLONG', 'give fsStore a shorter folder'],
    ['EROFS', 'read-only; give fsStore a folder that can be written'],
    ['EACCES', 'let it read and write in /runs'],
    ['ENOTCONN', 'the drive was disconnected'],
    ['ESTALE', 'the drive was disconnected'],
    ['EIO', 'the disk or the drive reports an error; check it'],
  ] as const) {
    test(`${code} says how to fix it`, async () => {
      const { fs } = memoryFs({ '/runs/backup.safetensors': 'old' });
      const faulty = watchedFs(fs, ({ name, path }) => {
        if (name === 'open' && path.endsWith('.tmp')) throw fsFault(code);
      });
      const setting = openStore('/runs', faulty).set('backup', content);
      await expect(setting).rejects.toThrow(`(${code})`);
      await expect(setting).rejects.toThrow(advice);
    });
  }

  for (const operation of ['write', 'close', 'rename'] as const) {
    test(`a folder that is deleted or moved away before a ${operation} is an error that says so`, async () => {
      const { fs, volume } = memoryFs({ '/runs/backup.safetensors': 'old' });
      let isFirst = true;
      const vanishing = watchedFs(fs, ({ name, path }) => {
        if (name !== operation || !path.endsWith('.tmp') || !isFirst) return;
        isFirst = false;
        volume.renameSync('/runs', '/moved');
      });
      const setting = openStore('/runs', vanishing).set('backup', content);
      await expect(setting).rejects.toThrow(/KEEPFIT_STORE_FAILED: .*\/runs.*deleted or moved away/);
      expect(volume.readFileSync('/moved/backup.safetensors', 'utf8')).toBe('old');
    });
  }
});

test('a lock that finds no room is KEEPFIT_STORE_FULL', async () => {
  for (const fault of [fsFault('ENOSPC'), quotaFault(-122, 'Unknown system error -122')]) {
    const { fs, volume } = memoryFs({ '/runs/backup.safetensors': 'old' });
    const full = watchedFs(fs, ({ name, path }) => {
      if (name === 'write' && path.endsWith('.tmp')) throw fault;
    });
    const locking = folderStore(toFolder('/runs', full, fakeHost())).lock!('backup');
    await expect(locking).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FULL' });
    expect(volume.toJSON()).toEqual({ '/runs/backup.safetensors': 'old' });
  }
});
