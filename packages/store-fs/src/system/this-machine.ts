import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Machine } from './machine.js';

const GONE = new Set(['Z', 'X', 'x']);

/** The machine that this process runs on. Boot and start time are known on Linux only. */
export function thisMachine(): Machine {
  return {
    isWindows: process.platform === 'win32',
    self: async () => ({
      host: hostname(),
      bootId: (await textOf('/proc/sys/kernel/random/boot_id'))?.trim() ?? null,
      pid: process.pid,
      startTime: (await startTimeOf(process.pid)) ?? null,
    }),
    startTimeOf,
    pause: (milliseconds) => pause(milliseconds),
  };
}

async function startTimeOf(pid: number): Promise<string | null | undefined> {
  if (!isThere(pid)) return undefined;
  const stat = await textOf(`/proc/${pid}/stat`);
  if (stat === undefined) return null;
  // The second field is the program's name in parentheses and may hold anything, these included; the third is the state.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie runs no more, but keeps its pid until its parent asks for it, which may be never.
  if (GONE.has(fields[0] ?? '')) return undefined;
  return fields[22 - 3] ?? null;
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
