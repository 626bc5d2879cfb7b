import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runAndKill } from '../../../test/programs/run-and-kill.js';
import { fsStore } from '../src/index.js';

const PROGRAM = 'packages/store-fs/test/helpers/set-for-ever.ts';

// The conformance kit tests the content of the checkpoint after a kill: see fs-store.test.ts.
test('after kill -9 the lock is taken over, and temp files are removed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-kill-'));
  try {
    const acknowledged = await runAndKill(PROGRAM, [folder, '0'], 1);
    // The second child takes over the lock of the first, which was killed.
    await runAndKill(PROGRAM, [folder, String(acknowledged + 1)], 3);
    const lock = await fsStore(folder).lock!('backup');
    expect((await readdir(folder)).sort()).toEqual([
      // On Windows the socket is no file.
      ...(process.platform === 'win32' ? [] : [expect.stringMatching(/^\.backup\.[0-9a-f]{16}\.sock$/)]),
      '.backup.lock',
      'backup.safetensors',
    ]);
    await lock.release();
    expect(await readdir(folder)).toEqual(['backup.safetensors']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
