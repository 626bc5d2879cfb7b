import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

/** Milliseconds that `dd bs=8M conv=fsync` says it took to copy the file into the folder; undefined where there is no dd. */
export function dd(source: string, folder: string): number | undefined {
  const target = join(folder, 'dd.bin');
  rmSync(target, { force: true });
  const args = [`if=${source}`, `of=${target}`, 'bs=8M', 'conv=fsync'];
  const { stderr } = spawnSync('dd', args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  rmSync(target, { force: true });
  const seconds = /, ([\d.e-]+) s,/.exec(stderr ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
