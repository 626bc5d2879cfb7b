import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundlePrograms } from '../../../test/programs/bundle-programs.js';
import type { Order, Result } from './train-process.js';

const gallery = fileURLToPath(new URL('..', import.meta.url));

/** The end of a training process: its result, or `undefined` if it was killed. */
export interface Ending {
  readonly result: Result | undefined;
  /** All that the training printed. */
  readonly output: string;
}

/** Starts training processes, each from the same bundle. */
export interface Runner {
  /** Trains in a new process. Rejects if that fails. */
  run(order: Order): Promise<Ending>;
  /** Deletes the bundle. */
  close(): Promise<void>;
}

export async function createRunner(): Promise<Runner> {
  // There it finds the packages of the data.
  const folder = await mkdtemp(join(gallery, 'node_modules', '.processes-'));
  await bundlePrograms({ 'train-process': join(gallery, 'node/train-process.ts') }, folder);
  return {
    run: (order) => runProcess(join(folder, 'train-process.mjs'), order),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function runProcess(program: string, order: Order): Promise<Ending> {
  const args = [program, JSON.stringify(order)];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 28 });
    return { result: JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Result, output: stdout };
  } catch (error) {
    const { signal, stdout = '' } = error as { readonly signal?: string; readonly stdout?: string };
    if (order.killAfter !== undefined && signal === 'SIGKILL') return { result: undefined, output: stdout };
    throw error;
  }
}
