import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** What fsStore needs from the machine it runs on, beyond the files. Tests fake other hosts, boots and platforms. */
export interface Host {
  /** Whether folders cannot be synced, and a file that is being read cannot be replaced. */
  readonly isWindows: boolean;
  /** Identifies this process. */
  identify(): Promise<ProcessIdentity>;
  /** Finds the running process of a pid; undefined if there is none. */
  findProcess(pid: number): Promise<Pick<ProcessIdentity, 'startTime'> | undefined>;
  pause(milliseconds: number): Promise<void>;
}

/** Identifies a process among all that ever ran on any machine, as far as the platform allows. */
export interface ProcessIdentity {
  /** The name of the machine. */
  readonly host: string;
  /** Differs from boot to boot; undefined if the platform does not tell it. */
  readonly bootId: string | undefined;
  readonly pid: number;
  /** Distinguishes a process from a later one with the same pid; undefined if the platform does not tell it. Opaque. */
  readonly startTime: string | undefined;
}

const GONE = new Set(['Z', 'X', 'x']);

/** Gets the machine that this process runs on. Only Linux tells the boot and the start times. */
export function getThisHost(): Host {
  return {
    isWindows: process.platform === 'win32',
    identify: async () => ({
      host: hostname(),
      bootId: (await readText('/proc/sys/kernel/random/boot_id'))?.trim(),
      pid: process.pid,
      startTime: (await findProcess(process.pid))?.startTime,
    }),
    findProcess,
    pause: (milliseconds) => pause(milliseconds),
  };
}

async function findProcess(pid: number): Promise<{ startTime: string | undefined } | undefined> {
  if (!isRunning(pid)) return undefined;
  const stat = await readText(`/proc/${pid}/stat`);
  if (stat === undefined) return { startTime: undefined };
  // The second field is the program's name in parentheses; it may contain anything, even parentheses. The third is the state.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie does not run, but it keeps its pid until its parent collects it, which may never happen.
  if (GONE.has(fields[0] ?? '')) return undefined;
  return { startTime: fields[22 - 3] };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process runs, but belongs to another user.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
