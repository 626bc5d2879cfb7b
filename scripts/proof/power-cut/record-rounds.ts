import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { killAtEnd } from './clean-up.js';
import { copySparse } from './copy-sparse.js';
import type { FileSystemUnderTest } from './file-systems.js';
import type { LogEntry } from './log/log-entry.js';
import { runProgram } from './run-program.js';
import type { Writer } from './writer.js';

const NODE = ['--import', 'tsx', '--conditions=keepfit:source'];

/** The recorded effects of one writer on one file system. */
export interface Recording {
  /** The image before the first entry of the log: a new file system. */
  readonly image: string;
  readonly entries: readonly LogEntry[];
  /** The bytes of all writes; each entry has their place. */
  readonly data: Buffer;
}

/**
 * Makes the file system on a disk that keeps a log, runs the rounds of the writer in a separate process, and
 * unmounts.
 */
export async function recordRounds(
  fileSystem: FileSystemUnderTest,
  writer: Writer,
  folder: string,
): Promise<Recording> {
  const at = (name: string): string => join(folder, name);
  await writeFile(at('made.img'), '');
  await truncate(at('made.img'), fileSystem.size);
  await runProgram(...fileSystem.mkfs, at('made.img'));
  for (const copy of ['image', 'disk.img']) await copySparse(at('made.img'), at(copy));
  for (const name of ['fuse', 'mounted']) await mkdir(at(name));

  const server = spawn(
    process.execPath,
    [...NODE, getPath('log/serve-disk.ts'), at('disk.img'), at('log'), at('data'), at('fuse')],
    // In a group of its own: Ctrl-C must not end it before its disk is unmounted. Then it ends by itself.
    { stdio: ['ignore', 'inherit', 'inherit'], detached: true },
  );
  killAtEnd(server, true);
  const ended = once(server, 'exit');
  try {
    await waitForFile(at('fuse/disk'));
    await useMounted(fileSystem, at('fuse/disk'), at('mounted'), async () => {
      await runProgram(
        process.execPath,
        ...NODE,
        getPath('write-rounds.ts'),
        writer.name,
        at('mounted'),
        at('fuse/marks'),
      );
    });
  } finally {
    await unmount(at('fuse'));
    await ended;
  }
  const entries = (await readFile(at('log'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LogEntry);
  if (!entries.some(({ kind }) => kind === 'flush'))
    throw new Error('no flush of the file system reached the log, so it would prove nothing');
  return { image: at('image'), entries, data: await readFile(at('data')) };
}

async function useMounted(
  fileSystem: FileSystemUnderTest,
  disk: string,
  folder: string,
  use: () => Promise<void>,
): Promise<void> {
  const loop = await runProgram('losetup', '--find', '--show', disk);
  try {
    await runProgram('mount', '-t', fileSystem.name, loop, folder);
    try {
      await use();
    } finally {
      await unmount(folder);
    }
  } finally {
    await runProgram('losetup', '--detach', loop);
  }
}

/** Unmounts, and retries because a loop device releases its file with a delay. */
async function unmount(folder: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await runProgram('umount', folder);
      return;
    } catch (error) {
      if (tries === 50) throw error;
    }
    await pause(100);
  }
}

async function waitForFile(path: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await access(path);
      return;
    } catch (error) {
      if (tries === 200) throw error;
    }
    await pause(50);
  }
}

function getPath(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
