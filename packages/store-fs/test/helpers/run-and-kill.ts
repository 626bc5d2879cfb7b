import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { programFile } from '../../../../test/programs/program-file.js';

const CHILD = programFile('packages/store-fs/test/helpers/set-for-ever.ts');

/**
 * Lets a child store checkpoints in a folder and kills it after `count` acknowledged ones. Resolves to the
 * number of the last one.
 */
export async function runAndKill(folder: string, first: number, count: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, folder, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  let last = -1;
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    seen += 1;
    if (seen === count) child.kill('SIGKILL');
  }
  const [code, signal] = (await exit) as [number | null, NodeJS.Signals | null];
  if (signal !== 'SIGKILL') throw new Error(`the child ended by itself with ${signal ?? `status ${code}`}`);
  return last;
}
