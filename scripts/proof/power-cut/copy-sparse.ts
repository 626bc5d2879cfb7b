import { runProgram } from './run-program.js';

/** Copies a disk's image, and leaves holes where it has only zeros: most of a new file system is. */
export async function copySparse(from: string, to: string): Promise<void> {
  await runProgram('cp', '--sparse=always', from, to);
}
