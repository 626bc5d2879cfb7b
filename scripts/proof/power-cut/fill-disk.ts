import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONTENTS } from './contents.js';
import { runProgram } from './run-program.js';
import type { Writer } from './writer.js';

/** The result of a writer on a disk with room for a third of the new checkpoint beside the old one. */
export interface FullDiskRow {
  readonly writer: string;
  readonly says: 'error' | 'success';
  readonly found: 'old' | 'new' | 'broken';
}

const SIZE = 2 ** 20;

/** Fills a file system in memory of 1 MiB. */
export async function fillDisk(writer: Writer, folder: string): Promise<FullDiskRow> {
  const mounted = join(folder, 'full');
  await mkdir(mounted);
  await runProgram('mount', '-t', 'tmpfs', '-o', `size=${SIZE}`, 'keepfit-full-disk', mounted);
  try {
    const [, old, renewed] = CONTENTS;
    if (old === undefined || renewed === undefined) throw new Error('the contents have changed');
    const runs = join(mounted, 'runs');
    await mkdir(runs);
    await writer.set(runs, old, () => undefined);
    await writeFile(join(mounted, 'neighbour'), new Uint8Array(SIZE - old.length - renewed.length / 3));
    const says = await writer
      .set(runs, renewed, () => undefined)
      .then(
        () => 'success' as const,
        () => 'error' as const,
      );
    const found = await writer.get(runs);
    const is = (content: Uint8Array): boolean => found !== undefined && Buffer.compare(found, content) === 0;
    return { writer: writer.name, says, found: is(old) ? 'old' : is(renewed) ? 'new' : 'broken' };
  } finally {
    await runProgram('umount', mounted);
  }
}
