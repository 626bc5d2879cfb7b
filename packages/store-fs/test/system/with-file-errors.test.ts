import { KeepfitError } from '@keepfit/callbacks';
import { expect, test } from 'vitest';
import { getErrorCode } from '../../src/system/file-errors.js';
import { withFileErrors } from '../../src/system/with-file-errors.js';
import { memoryFs } from '../helpers/memory-fs.js';
import { fsFault, type Operation, watchedFs } from '../helpers/watched-fs.js';

const FILE = '/runs/backup.safetensors';

function failingFiles(failing: Operation['name'], error: Error = fsFault('EIO')) {
  const { fs } = memoryFs({ [FILE]: 'weights' });
  const faulty = watchedFs(fs, ({ name }) => {
    if (name === failing) throw error;
  });
  return withFileErrors(faulty, 'fsStore');
}

test('a failed call says what it did on which path, and keeps its error as the cause', async () => {
  const files = failingFiles('lstat');
  await expect(files.lstat(FILE, { bigint: true })).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_FAILED',
    message: expect.stringMatching(`could not look at ${FILE} \\(EIO\\): .*give fsStore another folder`),
    cause: { code: 'EIO' },
  });
});

test('the files it opens do so too, and a rename names its new path', async () => {
  const files = failingFiles('read');
  const handle = await files.open(FILE, files.constants.O_RDONLY);
  await expect(handle.read(new Uint8Array(1), 0, 1, 0)).rejects.toThrow(`could not read ${FILE} (EIO)`);
  await handle.close();
  await expect(failingFiles('rename').rename(FILE, '/runs/new')).rejects.toThrow(
    'could not rename /runs/new',
  );
});

test('a call site can give its own facts, also for the files it opens', async () => {
  const files = failingFiles('sync', fsFault('ENOSPC')).for({ action: 'lock', byteLength: 29 });
  const handle = await files.open(FILE, files.constants.O_RDONLY);
  await expect(handle.sync()).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_FULL',
    message: expect.stringContaining(
      `could not lock ${FILE} (ENOSPC): the disk is full, and 29 bytes must fit into /runs`,
    ),
  });
  await handle.close();
});

test('if the permission model of Node forbids a call, the advice names its flags', async () => {
  const denied = Object.assign(new Error('fsync API is disabled'), { code: 'ERR_ACCESS_DENIED' });
  const files = failingFiles('sync', denied);
  const handle = await files.open(FILE, files.constants.O_RDONLY);
  await expect(handle.sync()).rejects.toThrow(/--allow-fs-write.*no --permission/);
  await handle.close();
});

test('a file that is too large may exceed a limit of the process too', async () => {
  const files = failingFiles('sync', fsFault('EFBIG'));
  const handle = await files.open(FILE, files.constants.O_RDONLY);
  await expect(handle.sync()).rejects.toThrow(/ulimit -f.*fsStore a folder on another/);
  await handle.close();
});

test('a KeepfitError of the file system passes as it is', async () => {
  const error = new KeepfitError('KEEPFIT_STORE_LOCKED', 'by this test');
  await expect(failingFiles('unlink', error).unlink(FILE)).rejects.toBe(error);
});

test.each([
  fsFault('EIO'),
  new KeepfitError('KEEPFIT_STORE_FAILED', 'by this test', { cause: fsFault('EIO') }),
])('the code of the file system is found in %s', (error) => expect(getErrorCode(error)).toBe('EIO'));
