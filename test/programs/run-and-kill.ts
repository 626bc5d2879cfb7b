import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { programFile } from './program-file.js';
import type { Program } from './programs.js';

/**
 * Lets a program store numbered checkpoints, each of whose numbers it prints once it is durable, and kills it after
 * `count` of them. Resolves to the number of the last one.
 */
export async function runAndKill(program: Program, args: readonly string[], count: number): Promise<number> {
  const child = spawn(process.execPath, [programFile(program), ...args], {
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
