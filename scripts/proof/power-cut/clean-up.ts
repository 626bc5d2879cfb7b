import { type ChildProcess, execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const TRIES = 50;
/** In ms. */
const INTERVAL = 100;

const programs = new Set<ChildProcess>();
const servers = new Set<ChildProcess>();

/** Kills a child that still runs when the rig is ended; one that serves a disk only after all is unmounted. */
export function killAtEnd(child: ChildProcess, isServer = false): void {
  const children = isServer ? servers : programs;
  children.add(child);
  child.once('exit', () => children.delete(child));
}

/**
 * Removes a folder with all that the rig has mounted in it when the process ends: by a signal, an exception or
 * by itself. All is synchronous because nothing else runs at the end of a process.
 *
 * @returns a function that forgets the folder.
 */
export function cleanUpAtEnd(folder: string): () => void {
  const cleanUp = (): void => {
    for (const children of [programs, servers]) {
      for (const child of children) child.kill('SIGKILL');
      freeMounts(folder);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const end = (signal: NodeJS.Signals): void => {
    forget();
    cleanUp();
    process.kill(process.pid, signal);
  };
  const forget = (): void => {
    for (const signal of SIGNALS) process.off(signal, end);
    process.off('exit', cleanUp);
  };
  for (const signal of SIGNALS) process.on(signal, end);
  process.on('exit', cleanUp);
  return forget;
}

/**
 * Unmounts what is mounted below the folder, the last first, and detaches the loop devices of its files. A
 * killed program keeps its files open for a moment, so it retries. The last try also unmounts what is in use.
 */
function freeMounts(folder: string): void {
  for (let tries = 1; tries <= TRIES; tries++) {
    const mounts = listMounts(folder);
    const loops = listLoops(folder);
    if (mounts.length + loops.length === 0) return;
    const [last] = mounts;
    // A loop device keeps the file system in which its file is.
    const isFree = last === undefined || succeeds('umount', ...(tries === TRIES ? ['--lazy'] : []), last);
    for (const loop of loops) succeeds('losetup', '--detach', loop);
    if (!isFree) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, INTERVAL);
  }
}

function listMounts(folder: string): string[] {
  const lines = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const paths = lines.map((line) => line.split(' ')[1] ?? '');
  return paths.filter((path) => path.startsWith(`${folder}/`)).reverse();
}

function listLoops(folder: string): string[] {
  const list = execFileSync('losetup', ['--list', '--noheadings', '--output', 'NAME,BACK-FILE'], {
    encoding: 'utf8',
  });
  const lines = list.split('\n').filter((line) => line.includes(` ${folder}/`));
  return lines.flatMap((line) => line.trim().split(' ')[0] ?? []);
}

/** Runs a program to its end. Returns whether it succeeded. */
export function succeeds(program: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
