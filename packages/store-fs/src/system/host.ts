import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import {
  countsFromBoot,
  getFields,
  getStartTime,
  hasEnded,
  isNowhere,
  MACHINE_PIDS,
} from './find-anywhere.js';
import { findThread, getThisThread, type KernelThread } from './find-thread.js';

/** What a write needs from the machine it runs on, beyond the files. */
export interface Platform {
  /** Whether folders cannot be synced, and a file that is being read cannot be replaced. */
  readonly isWindows: boolean;
  pause(milliseconds: number): Promise<void>;
}

/**
 * What fsStore needs from the machine it runs on, beyond the files. Tests fake other hosts, boots and
 * platforms.
 */
export interface Host extends Platform {
  /** Identifies this process and its calling thread. */
  identify(): Promise<ProcessIdentity>;
  /** Finds the running process of a pid; undefined if there is none. */
  findProcess(pid: number): Promise<Pick<ProcessIdentity, 'startTime'> | undefined>;
  /**
   * Whether a process certainly runs in no PID namespace of this machine. Its pid is the one that it sees
   * itself. Absent if the platform has only one namespace.
   */
  isNowhere?(pid: number, startTime: string | undefined): Promise<boolean>;
  /**
   * Looks for a thread of a running process of this PID namespace. Undefined if that cannot be seen. Absent if
   * the platform does not show threads.
   */
  findThread?(pid: number, thread: KernelThread): Promise<'runs' | 'ended' | undefined>;
}

/**
 * Identifies a process among all that ever ran on any machine, and one of its threads, as far as the platform
 * allows.
 */
export interface ProcessIdentity {
  /** The name of the machine or container. For messages: it proves nothing if the platform has containers. */
  readonly host: string;
  /** Differs from boot to boot; undefined if the platform does not tell it. */
  readonly bootId: string | undefined;
  /**
   * The set of processes among which the pid is valid. Containers have their own. Undefined if the platform
   * has only one.
   */
  readonly pidNamespace?: string | undefined;
  readonly pid: number;
  /**
   * Distinguishes a process from a later one with the same pid; undefined if the platform does not tell it.
   * Opaque.
   */
  readonly startTime: string | undefined;
  /** Identifies the machine across its boots. Undefined in a container, which can run on any. Opaque. */
  readonly machine?: string | undefined;
  /** The thread as Node numbers it. 0 is the main one, and a number is never used again in a process. */
  readonly threadId?: number | undefined;
  /** The same thread as the kernel knows it; undefined if the platform does not tell. */
  readonly thread?: KernelThread | undefined;
}

/** The PID namespace of a process whose platform has them but does not tell its own. It equals no other. */
export const UNKNOWN_NAMESPACE = 'unknown';

/** Taken when keepfit is loaded: a test that fakes timers later must not stop a lock or a write. */
const pause = setTimeout;

/** Linux' own host name. A process that sees another one is in a container. */
const MACHINE_NAME = 'uts:[4026531838]';

/** Gets the machine that this process runs on. Only Linux tells the boot, the namespaces and the start times. */
export function getThisHost(): Host {
  return {
    isWindows: process.platform === 'win32',
    identify: async () => ({
      host: hostname(),
      bootId: (await readText('/proc/sys/kernel/random/boot_id'))?.trim(),
      pidNamespace: await getPidNamespace(),
      pid: process.pid,
      startTime: (await findProcess(process.pid))?.startTime,
      machine: await getMachine(),
      threadId,
      thread: await getThisThread(),
    }),
    findProcess,
    isNowhere,
    findThread,
    pause: (milliseconds) => pause(milliseconds),
  };
}

async function getPidNamespace(): Promise<string | undefined> {
  if (process.platform !== 'linux' && process.platform !== 'android') return undefined;
  return (await readLink('/proc/self/ns/pid')) ?? UNKNOWN_NAMESPACE;
}

/** The name and id of the machine, hashed because the id is not meant to be published. */
async function getMachine(): Promise<string | undefined> {
  if ((await readLink('/proc/self/ns/pid')) !== MACHINE_PIDS) return undefined;
  if ((await readLink('/proc/self/ns/uts')) !== MACHINE_NAME) return undefined;
  const id = (await readText('/etc/machine-id')) ?? '';
  return createHash('sha256').update(`keepfit ${hostname()} ${id}`).digest('hex').slice(0, 32);
}

async function findProcess(pid: number): Promise<{ startTime: string | undefined } | undefined> {
  if (!isRunning(pid)) return undefined;
  const stat =
    (await isOwnProc()) && (await countsFromBoot()) ? await readText(`/proc/${pid}/stat`) : undefined;
  if (stat === undefined) return { startTime: undefined };
  const fields = getFields(stat);
  return hasEnded(fields) ? undefined : { startTime: getStartTime(fields) };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process runs, but belongs to another user.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Whether /proc shows the pids that are valid here. In a new PID namespace it may be that of the machine. */
async function isOwnProc(): Promise<boolean> {
  return (await readLink('/proc/self')) === String(process.pid);
}

async function readLink(path: string): Promise<string | undefined> {
  return readlink(path).catch(() => undefined);
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
