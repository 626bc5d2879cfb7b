import { runProgram } from './run-program.js';

/** Copies a disk image and leaves holes for blocks of zeros, which are most of a new file system. */
export async function copySparse(from: string, to: string): Promise<void> {
  await runProgram('cp', '--sparse=always', from, to);
}
