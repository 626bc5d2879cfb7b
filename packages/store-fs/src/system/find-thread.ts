import { readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { countsFromBoot, getFields, getStartTime } from './find-anywhere.js';

/** The flag of a thread that runs no more code of its program. */
const PF_EXITING = 4;

/** A thread as the kernel knows it. */
export interface KernelThread {
  readonly tid: number;
  /** Distinguishes a thread from a later one with the same number; undefined if it is not known. Opaque. */
  readonly startTime: string | undefined;
}

/** Identifies the calling thread. Only Linux tells it. */
export async function getThisThread(): Promise<KernelThread | undefined> {
  const [, pid, number] = /^(\d+)\/task\/(\d+)$/.exec(readThisThread()) ?? [];
  // In a new PID namespace, /proc may show the numbers of another one.
  if (pid !== String(process.pid) || number === undefined) return undefined;
  const fields = await readFields(process.pid, Number(number)).catch(() => undefined);
  const startTime = fields && (await countsFromBoot()) ? getStartTime(fields) : undefined;
  return { tid: Number(number), startTime };
}

/** Not asynchronous: that would ask in a thread of Node's pool. */
function readThisThread(): string {
  try {
    return readlinkSync('/proc/thread-self');
  } catch {
    return '';
  }
}

/**
 * Looks for a thread of a running process. A thread that is ending counts as ended: Node waits for its calls
 * of the file system, and for the threads that it has started, before it lets a thread end.
 */
export async function findThread(
  pid: number,
  { tid, startTime }: KernelThread,
): Promise<'runs' | 'ended' | undefined> {
  // /proc may hide the processes of others, or show the numbers of another PID namespace.
  const isShown = readThisThread().startsWith(`${process.pid}/`) && (await isReadable(pid));
  if (!isShown) return undefined;
  try {
    const fields = await readFields(pid, tid);
    // The main thread keeps its number while any other thread runs.
    if (tid !== pid && isExiting(fields)) return 'ended';
    if (startTime === undefined || !(await countsFromBoot())) return 'runs';
    return getStartTime(fields) === startTime ? 'runs' : 'ended';
  } catch (error) {
    return ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '') ? 'ended' : undefined;
  }
}

async function isReadable(pid: number): Promise<boolean> {
  return readFields(pid, pid).then(
    () => true,
    () => false,
  );
}

async function readFields(pid: number, tid: number): Promise<string[]> {
  return getFields(await readFile(`/proc/${pid}/task/${tid}/stat`, 'utf8'));
}

function isExiting(fields: readonly string[]): boolean {
  // The JavaScript operator takes 32 bits, which the flags are.
  return (Number(fields[9 - 3]) & PF_EXITING) !== 0;
}
