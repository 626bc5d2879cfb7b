import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Makes a folder for the test that runs, which is removed when it ends. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-store-fs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
