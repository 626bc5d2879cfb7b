import { readdir, readFile, readlink } from 'node:fs/promises';

/** Linux' own PID namespace, which contains the processes of all others. */
export const MACHINE_PIDS = 'pid:[4026531836]';
const MACHINE_TIME = 'time:[4026531834]';

/**
 * Whether a process certainly runs in no PID namespace of this machine. Only a process outside containers can
 * know that, and only if it may see all others.
 *
 * @param pid As the process itself sees it.
 */
export async function isNowhere(pid: number, startTime: string | undefined): Promise<boolean> {
  try {
    if ((await readlink('/proc/self/ns/pid')) !== MACHINE_PIDS) return false;
    // If /proc hides the processes of others, then it hides this one first. It belongs to the machine.
    await readFile('/proc/1/stat');
    if (!(await countsFromBoot())) return false;
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(pids.map((name) => mayBe(name, pid, startTime)));
    return !found.includes(true);
  } catch {
    return false;
  }
}

async function mayBe(name: string, pid: number, startTime: string | undefined): Promise<boolean> {
  try {
    const [, inner] = /^NSpid:.*?(\d+)$/m.exec(await readFile(`/proc/${name}/status`, 'utf8')) ?? [];
    if (inner !== undefined && inner !== String(pid)) return false;
    const fields = getFields(await readFile(`/proc/${name}/stat`, 'utf8'));
    if (hasEnded(fields)) return false;
    return startTime === undefined || getStartTime(fields) === startTime;
  } catch (error) {
    // It has ended meanwhile. Any other error hides whether it is the one.
    return !['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

/**
 * Whether start times count from the boot. In a time namespace they count from another instant, so that the
 * same process has another number for each observer.
 */
export async function countsFromBoot(): Promise<boolean> {
  const time = await readlink('/proc/self/ns/time').catch(() => MACHINE_TIME);
  return time === MACHINE_TIME;
}

/** The fields of /proc/<pid>/stat from the third, the state, on. The second, a name, may contain anything. */
export function getFields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

export function getStartTime(fields: readonly string[]): string | undefined {
  return fields[22 - 3];
}

/**
 * A zombie does not run, but it keeps its pid until its parent collects it, which may never happen. If it has
 * more than one thread left, the kernel still completes a call of another one.
 */
export function hasEnded(fields: readonly string[]): boolean {
  return ['Z', 'X', 'x'].includes(fields[0] ?? '') && !(Number(fields[20 - 3]) > 1);
}
