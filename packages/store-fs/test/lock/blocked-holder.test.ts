import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContent } from '@keepfit/callbacks/testing';
import { expect, test } from 'vitest';
import { programFile } from '../../../../test/programs/program-file.js';
import { fsStore } from '../../src/index.js';

const CHILD = programFile('packages/store-fs/test/helpers/hold-lock-blocked.ts');

test('another process keeps its lock while its event loop is blocked, however old the lock looks, and loses it when it is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-blocked-'));
  const child = spawn(process.execPath, [CHILD, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(line.toString()).toBe('held\n');
    const lock = join(folder, '.backup.lock');
    const before = await readFile(lock, 'utf8');
    await utimes(lock, 0, 0);

    const store = fsStore(folder);
    await expect(store.lock!('backup')).rejects.toMatchObject({
      code: 'KEEPFIT_STORE_LOCKED',
      message: expect.stringContaining(`process ${child.pid}`),
    });
    expect(await readFile(lock, 'utf8')).toBe(before);
    // Another key is free meanwhile.
    await (await store.lock!('other')).release();

    child.kill('SIGKILL');
    await exit;
    const taken = await store.lock!('backup');
    await store.set('backup', createContent(Uint8Array.of(1)), { replaces: null });
    await taken.release();
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
});
