import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fsStore } from '../src/index.js';

const CHILD = fileURLToPath(new URL('./helpers/set-for-ever.ts', import.meta.url));
const FIRST_LENGTH = 200_000;

test('after kill -9 the checkpoint is whole, no older than the last acknowledged one, and its lock is free', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-kill-'));
  try {
    const store = fsStore(folder);
    let number = -1;
    // Each child after the first takes over the lock of the one that was killed.
    for (const acknowledgedBeforeKill of [1, 2, 4, 7]) {
      const acknowledged = await runAndKill(folder, number + 1, acknowledgedBeforeKill);
      const { bytes } = (await store.get('backup'))!;
      number = bytes.length - FIRST_LENGTH;
      expect(number).toBeGreaterThanOrEqual(acknowledged);
      expect(bytes.every((byte) => byte === number % 256)).toBe(true);
    }
    await store.lock!('backup');
    expect((await readdir(folder)).sort()).toEqual(['.backup.lock', 'backup.safetensors']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** Lets a child store checkpoints, kills it after so many were acknowledged, and gives the last that was. */
async function runAndKill(folder: string, first: number, count: number): Promise<number> {
  const args = ['--import', 'tsx', '--conditions=keepfit:source', CHILD, folder, String(first)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  let last = -1;
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    seen += 1;
    if (seen === count) child.kill('SIGKILL');
  }
  const [, signal] = (await exit) as [number | null, NodeJS.Signals | null];
  expect(signal).toBe('SIGKILL');
  return last;
}
