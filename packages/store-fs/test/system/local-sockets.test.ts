import { spawnSync } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localSockets } from '../../src/system/local-sockets.js';
import { fsStore } from '../../src/index.js';

const sockets = localSockets(false);
const onLinux = test.skipIf(process.platform !== 'linux');
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keepfit-sockets-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

onLinux('a socket answers until it is closed, and then leaves no file', async () => {
  const path = join(folder, '.backup.0123456789abcdef.sock');
  expect(await sockets.ask(path)).toBe('unknown');
  const socket = await sockets.listen(path);
  expect(await readdir(folder)).toEqual(['.backup.0123456789abcdef.sock']);
  expect(await sockets.ask(path)).toBe('alive');
  await socket?.close();
  expect(await readdir(folder)).toEqual([]);
  expect(await sockets.ask(path)).toBe('unknown');
});

onLinux('as Windows names it, a socket answers too, and has no device', async () => {
  // On Linux the name of a pipe is that of a file in the working directory.
  const windows = localSockets(true);
  const path = join(folder, `.backup.${process.pid.toString(16).padStart(16, '0')}.sock`);
  expect(await windows.ask(path)).toBe('unknown');
  const socket = await windows.listen(path);
  expect(socket?.device).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
  expect(await windows.ask(path)).toBe('alive');
  await socket?.close();
  expect(await windows.ask(path)).toBe('unknown');
});

onLinux('a refusal through another mount of the same drive proves nothing', async () => {
  const path = join(folder, '.backup.0123456789abcdef.sock');
  const socket = await sockets.listen(path);
  const { dev } = await lstat(folder, { bigint: true });
  expect(socket?.device).toBe(String(dev));
  // A socket that nobody listens on any more: its file keeps refusing.
  const dead = join(folder, 'dead.sock');
  const child = spawnSync(process.execPath, [
    '-e',
    `require('node:net').createServer().listen(${JSON.stringify(dead)}, () => process.kill(process.pid, 'SIGKILL'))`,
  ]);
  expect(child.signal).toBe('SIGKILL');
  expect(await sockets.ask(dead, socket?.device)).toBe('refused');
  // What the holder saw as another device is another mount, through which its socket is not this one.
  expect(await sockets.ask(dead, `${dev}0`)).toBe('unknown');
  expect(await sockets.ask(path, `${dev}0`)).toBe('alive');
  await socket?.close();
});

onLinux('what is no socket, or has too long a path, is unknown', async () => {
  const file = join(folder, 'file.sock');
  await writeFile(file, '');
  // The kernel refuses a connection to a file too, but that says nothing about a holder.
  expect(await sockets.ask(file)).toBe('unknown');
  expect(await sockets.ask(join(folder, 'x'.repeat(120), 'a.sock'))).toBe('unknown');
  await mkdir(join(folder, 'x'.repeat(120)));
  expect(await sockets.listen(join(folder, 'x'.repeat(120), 'a.sock'))).toBeUndefined();
  expect(await readdir(join(folder, 'x'.repeat(120)))).toEqual([]);
  expect(await sockets.listen(join(folder, 'missing', 'a.sock'))).toBeUndefined();
});

onLinux('two keys of one folder have a lock and a socket each', async () => {
  const store = fsStore(folder);
  const locks = [await store.lock!('backup'), await store.lock!('backup.2')];
  expect((await readdir(folder)).map((name) => name.replace(/[0-9a-f]{16}/, '#')).sort()).toEqual([
    '.backup.#.sock',
    '.backup.2.#.sock',
    '.backup.2.lock',
    '.backup.lock',
  ]);
  expect(await store.keys()).toEqual([]);
  for (const lock of locks) await lock.release();
  expect(await readdir(folder)).toEqual([]);
});
