import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { thisMachine } from '../../src/system/this-machine.js';

const onLinux = test.skipIf(process.platform !== 'linux');

test('knows this process, and that it runs', async () => {
  const machine = thisMachine();
  const self = await machine.self();
  expect(self).toMatchObject({ host: hostname(), pid: process.pid });
  expect(await machine.startTimeOf(process.pid)).toBe(self.startTime);
});

onLinux('knows the boot, and when a process started', async () => {
  const { bootId, startTime } = await thisMachine().self();
  expect(bootId).toBe((await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim());
  expect(startTime).toMatch(/^\d+$/);
});

test('a process that ended is gone', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const machine = thisMachine();
  expect(await machine.startTimeOf(child.pid!)).not.toBeUndefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await machine.startTimeOf(child.pid!)).toBeUndefined();
});

onLinux('a process that was killed and waits for its parent is gone', async () => {
  // The shell starts a child and becomes a program that never asks for it: killed, the child is a zombie.
  const parent = spawn('sh', ['-c', 'sleep 100 & echo $!; exec sleep 100'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  const machine = thisMachine();
  try {
    await expect.poll(() => readFile(`/proc/${parent.pid}/comm`, 'utf8')).toBe('sleep\n');
    expect(await machine.startTimeOf(pid)).toMatch(/^\d+$/);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => machine.startTimeOf(pid)).toBeUndefined();
    expect(process.kill(pid, 0)).toBe(true);
  } finally {
    parent.kill('SIGKILL');
  }
});
