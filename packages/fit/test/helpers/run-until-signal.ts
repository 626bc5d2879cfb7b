import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { programFile } from '../../../../test/programs/program-file.js';
import type { SignalOrder } from './train-until-signal.js';

/**
 * Starts a process that trains until a signal, and sends it one at each of these lines of its output. Resolves
 * to how it ended.
 */
export async function runUntilSignal(
  order: Omit<SignalOrder, 'signals'>,
  sends: Readonly<Record<string, readonly NodeJS.Signals[]>>,
): Promise<{ status: number | null; signal: NodeJS.Signals | null; lines: readonly string[] }> {
  const argument: SignalOrder = { ...order, signals: ['SIGTERM', 'SIGINT', 'SIGUSR1'] };
  const program = programFile('packages/fit/test/helpers/train-until-signal.ts');
  const child = spawn(process.execPath, [program, JSON.stringify(argument)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exit = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    // It is written again and again while the process hangs.
    if (lines.at(-1) !== line) lines.push(line);
    for (const signal of sends[line] ?? []) child.kill(signal);
  }
  const [status, signal] = (await exit) as [number | null, NodeJS.Signals | null];
  return { status, signal, lines };
}

export async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-signal-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
