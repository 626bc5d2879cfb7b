import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import { fsStore } from '@keepfit/store-fs';

/** The ending that fsStore gives to files. */
export const SUFFIX = '.safetensors';

/** A file that may be a checkpoint. */
export interface FoundFile {
  /** The path as the user would type it. */
  readonly path: string;
  /** The name in the store: the file name without its ending. */
  readonly name: string;
}

/**
 * Finds the checkpoint files at a place, sorted by name. The place is a file or a folder of fsStore; a name
 * selects one of the folder.
 *
 * @throws KEEPFIT_STORE_FAILED when there is none.
 * @throws KEEPFIT_INVALID_OPTION when a name is given for a file.
 */
export async function findCheckpoints(
  place: string,
  name?: string,
): Promise<readonly [FoundFile, ...FoundFile[]]> {
  if (!(await isFolder(place))) {
    if (name === undefined) return [{ path: place, name: getName(place) }];
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `a name is for a folder, and ${place} is none; leave ${formatValue(name)} out`,
    );
  }
  const names = (await fsStore(place).keys()).sort();
  const wanted = names.filter((found) => name === undefined || found === name);
  const [first, ...others] = wanted.map((found) => ({ path: join(place, found + SUFFIX), name: found }));
  if (first !== undefined) return [first, ...others];
  const holds =
    names.length === 0
      ? await explainNone(place)
      : `no ${formatValue(name)}, but ${names.join(', ')}; give one of these`;
  throw new KeepfitError('KEEPFIT_STORE_FAILED', `the folder ${place} holds ${holds}`);
}

/** A lock, or a file that is not yet whole: `.backup.lock`, `.backup.<uuid>.tmp`. */
const UNFINISHED = /^\..+\.(?:lock|tmp|claim|sock)(?:\.|$)/;

/** A folder without a checkpoint is mostly that of a training that ended well. */
async function explainNone(place: string): Promise<string> {
  const entries = await readdir(place, { withFileTypes: true });
  const other = entries.find((entry) => entry.isFile() && entry.name.endsWith(SUFFIX));
  if (other !== undefined)
    return `no checkpoint under a name of fsStore, but ${formatValue(other.name)}; give the path of that file`;
  const none = `no checkpoint (files that end in ${SUFFIX})`;
  if (entries.some(({ name }) => UNFINISHED.test(name)))
    return `${none} yet, but files of a training that runs, or was killed before its first backup was whole`;
  const folder = entries.find((entry) => entry.isDirectory());
  if (folder !== undefined)
    return `${none}, but the folder ${formatValue(folder.name)}; give a folder that a training uses`;
  return `${none}: a training that completed deletes its backup, and one that did not begin has none`;
}

/**
 * Finds the only checkpoint at a place.
 *
 * @throws KEEPFIT_STORE_FAILED when there is none.
 * @throws KEEPFIT_INVALID_OPTION when there are several.
 */
export async function findCheckpoint(place: string): Promise<FoundFile> {
  const [found, ...others] = await findCheckpoints(place);
  if (others.length === 0) return found;
  const names = [found, ...others].map(({ name }) => name).join(', ');
  const message = `the folder ${place} holds several checkpoints (${names}); give one, for instance ${found.path}`;
  throw new KeepfitError('KEEPFIT_INVALID_OPTION', message);
}

/** Gets the file name without the ending that fsStore gives. */
export function getName(path: string): string {
  return basename(path, SUFFIX);
}

async function isFolder(place: string): Promise<boolean> {
  try {
    return (await stat(place)).isDirectory();
  } catch {
    // The read will report the problem.
    return false;
  }
}
