import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('./set-for-ever.ts', import.meta.url));

/** Lets a child store checkpoints in a folder and kills it after `count` acknowledged ones. Resolves to the number of the last one. */
export async function runAndKill(folder: string, first: number, count: number): Promise<number> {
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
  const [code, signal] = (await exit) as [number | null, NodeJS.Signals | null];
  if (signal !== 'SIGKILL') throw new Error(`the child ended by itself with ${signal ?? `status ${code}`}`);
  return last;
}
