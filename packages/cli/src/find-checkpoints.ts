import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { KeepfitError } from '@keepfit/callbacks';
import { fsStore } from '@keepfit/store-fs';

/** What fsStore puts behind a name. */
export const SUFFIX = '.safetensors';

/** A file that may be a checkpoint. */
export interface FoundFile {
  /** As the user would type it. */
  readonly path: string;
  /** Its name in the store: the file's name without its ending. */
  readonly name: string;
}

/**
 * The checkpoint files at a place, in the order of their names: the file itself, or those of a folder of fsStore, or the one of this
 * name there.
 *
 * @throws KEEPFIT_STORE_FAILED where there is none, KEEPFIT_INVALID_OPTION for a name within a file.
 */
export async function findCheckpoints(
  place: string,
  name?: string,
): Promise<readonly [FoundFile, ...FoundFile[]]> {
  if (!(await isFolder(place))) {
    if (name === undefined) return [{ path: place, name: nameOf(place) }];
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `a name is for a folder, and ${place} is a file; leave "${name}" out`,
    );
  }
  const names = (await fsStore(place).keys()).sort();
  const wanted = names.filter((found) => name === undefined || found === name);
  const [first, ...others] = wanted.map((found) => ({ path: join(place, found + SUFFIX), name: found }));
  if (first !== undefined) return [first, ...others];
  const holds =
    names.length === 0
      ? `no checkpoint (files that end in ${SUFFIX})`
      : `no "${name}", but ${names.join(', ')}`;
  throw new KeepfitError('KEEPFIT_STORE_FAILED', `the folder ${place} holds ${holds}`);
}

/** The one checkpoint at a place. @throws KEEPFIT_INVALID_OPTION where there are several, and as `findCheckpoints`. */
export async function findCheckpoint(place: string): Promise<FoundFile> {
  const [found, ...others] = await findCheckpoints(place);
  if (others.length === 0) return found;
  const names = [found, ...others].map(({ name }) => name).join(', ');
  const message = `the folder ${place} holds several checkpoints (${names}); give one, for instance ${found.path}`;
  throw new KeepfitError('KEEPFIT_INVALID_OPTION', message);
}

/** A file's name without the ending that fsStore gives. */
export function nameOf(path: string): string {
  return basename(path, SUFFIX);
}

async function isFolder(place: string): Promise<boolean> {
  try {
    return (await stat(place)).isDirectory();
  } catch {
    // What is wrong with it is told when it is read.
    return false;
  }
}
