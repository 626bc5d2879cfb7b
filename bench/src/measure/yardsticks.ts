import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { getThreadTime } from './clocks.js';

/**
 * Copies the file into the folder with `dd bs=8M conv=fsync`. Returns the milliseconds that dd reports, or
 * undefined without dd.
 */
export function timeDd(source: string, folder: string): number | undefined {
  const target = join(folder, 'dd.bin');
  rmSync(target, { force: true });
  const args = [`if=${source}`, `of=${target}`, 'bs=8M', 'conv=fsync'];
  const { stderr } = spawnSync('dd', args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  rmSync(target, { force: true });
  const seconds = /, ([\d.e-]+) s,/.exec(stderr ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

const TIMES = 10;

/** Returns the CPU time, in milliseconds, to copy so many bytes within memory. */
export function timeMemcpy(byteLength: number): number {
  const [from, to] = [new Uint8Array(byteLength).fill(1), new Uint8Array(byteLength).fill(2)];
  const start = getThreadTime();
  for (let run = 0; run < TIMES; run++) to.set(from);
  return (getThreadTime() - start) / TIMES;
}
