import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { FILE_SYSTEMS } from './file-systems.js';

/** Finds something that the rig needs and this machine lacks, with advice; undefined if it can run. */
export function findMissingNeed(): string | undefined {
  if (process.platform !== 'linux') return `this is ${process.platform}, not Linux`;
  if (process.getuid?.() !== 0) return 'it must run as root because it mounts file systems';
  for (const device of ['/dev/fuse', '/dev/loop-control']) {
    if (!may(device, constants.R_OK | constants.W_OK))
      return `${device} cannot be opened (a container needs it passed in)`;
  }
  const packages: [string, string][] = [
    ['mount', 'mount'],
    ['losetup', 'mount'],
    ...FILE_SYSTEMS.map(({ mkfs, package: name }): [string, string] => [mkfs[0], name]),
  ];
  for (const [program, name] of packages) {
    if (!isInPath(program)) return `there is no ${program} (Debian: apt-get install ${name})`;
  }
  return undefined;
}

function isInPath(program: string): boolean {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((folder) => may(join(folder, program), constants.X_OK));
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
