import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { programFile } from './programs/program-file.js';

interface Made {
  readonly folder: string;
  readonly user: number;
  readonly isMounted: boolean;
  readonly hasLoop: boolean;
}

const hasLosetup = process.platform === 'linux' && existsSync('/usr/sbin/losetup');

const listMounts = () => readFileSync('/proc/self/mounts', 'utf8');
const listLoops = () => execFileSync('/usr/sbin/losetup', ['--list'], { encoding: 'utf8' });

/** Whether a process runs: one that has ended may wait to be reaped. */
function isRunning(id: number): boolean {
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${id}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Runs the example; each line that it prints is awaited before it is ended. */
async function run(end: 'exit' | 'throw' | NodeJS.Signals): Promise<{ made: Made; ended: unknown[] }> {
  const isSignal = end.startsWith('SIG');
  const file = programFile('scripts/proof/power-cut/clean-up-example.ts');
  const child = spawn(process.execPath, [file, isSignal ? 'wait' : end], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  const [line] = await once(child.stdout, 'data');
  const made = JSON.parse(String(line)) as Made;
  if (isSignal) {
    expect(isRunning(made.user)).toBe(true);
    expect(listMounts().includes(made.folder)).toBe(made.isMounted);
    expect(listLoops().includes(made.folder)).toBe(made.hasLoop);
    child.kill(end as NodeJS.Signals);
  }
  return { made, ended: await ended };
}

test.skipIf(!hasLosetup).each([
  ['SIGTERM', [null, 'SIGTERM']],
  ['SIGINT', [null, 'SIGINT']],
  ['SIGHUP', [null, 'SIGHUP']],
  ['throw', [1, null]],
  ['exit', [0, null]],
] as const)('the power-cut rig leaves nothing behind when it ends by %s', async (end, expected) => {
  const { made, ended } = await run(end);
  expect(ended).toEqual(expected);
  expect(existsSync(made.folder)).toBe(false);
  expect(listMounts()).not.toContain(made.folder);
  expect(listLoops()).not.toContain(made.folder);
  await expect.poll(() => isRunning(made.user)).toBe(false);
});
