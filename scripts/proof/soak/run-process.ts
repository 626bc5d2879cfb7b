import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { SeenCheckpoint } from './read-checkpoint.js';

/**
 * When to kill a process: this many milliseconds after its start, or after the first checkpoint it
 * acknowledged.
 */
export interface KillTime {
  readonly after: 'start' | 'first checkpoint';
  readonly milliseconds: number;
}

export interface ProcessEnd {
  readonly wasKilled: boolean;
  /** Every checkpoint that it acknowledged, in order. */
  readonly acknowledged: readonly SeenCheckpoint[];
}

/** Runs a program until it ends or is killed by SIGKILL. Rejects if it fails by itself. */
export async function runProcess(
  program: string,
  args: readonly string[],
  kill?: KillTime,
): Promise<ProcessEnd> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const complaints: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => void (timer = setTimeout(() => child.kill('SIGKILL'), kill?.milliseconds));
  if (kill?.after === 'start') arm();

  const acknowledged: SeenCheckpoint[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (kill?.after === 'first checkpoint' && acknowledged.length === 0) arm();
    acknowledged.push(JSON.parse(line) as SeenCheckpoint);
  }
  const [code, signal] = await exit;
  clearTimeout(timer);
  if (code !== 0 && signal !== 'SIGKILL') {
    throw new Error(
      `the training ended by itself with ${signal ?? `status ${code}`}: ${Buffer.concat(complaints).toString()}`,
    );
  }
  return { wasKilled: signal === 'SIGKILL', acknowledged };
}
