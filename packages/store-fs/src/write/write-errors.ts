import { KeepfitError } from '@keepfit/callbacks/store';
import { getErrorCode } from '../system/file-errors.js';

const OLD_STAYS = 'the old checkpoint stays';

/**
 * The checkpoint is another one than expected.
 *
 * @param expected Its version; null if there should be none.
 * @param size The size of the checkpoint that is there, in bytes; undefined if there is none.
 */
export function createConflict(
  folder: string,
  path: string,
  expected: string | null,
  size: bigint | undefined,
): KeepfitError {
  const wanted = expected === null ? 'no checkpoint' : 'the one that was last read or stored here';
  const [found, cause] =
    size === undefined
      ? ['it is gone', 'something deleted it or moved it away']
      : [`another one of ${size} bytes is there`, `another trainer wrote in ${folder}`];
  return new KeepfitError(
    'KEEPFIT_STORE_CONFLICT',
    `${path} should be ${wanted}, but ${found}: ${cause}, and nothing was changed. ` +
      'Stop one of the two, or give each its own folder or name',
  );
}

/** The file has another size than was written to it. */
export function createSizeError(path: string, byteLength: number, size: bigint): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `${path} should have ${byteLength} bytes, but has ${size}; ${OLD_STAYS}`,
  );
}

/** A write claims to have written nothing, or more than it was given. */
export function createWriteError(path: string, length: number, written: number): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `a write of ${length} bytes to ${path} wrote ${written}; ${OLD_STAYS}`,
  );
}

/** The chunks have more or fewer bytes than announced. */
export function createLengthError(path: string, announced: number, actual: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `the chunks for ${path} must add up to the announced ${announced} bytes, but came to ${actual}; ${OLD_STAYS}`,
  );
}

/** The last step failed: the new checkpoint can be read, but a power cut may undo it. */
export function createDurabilityError(path: string, cause: unknown): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `the new checkpoint is in place at ${path}, but a power cut may bring back the old one because the folder could not be synced ` +
      `(${getErrorCode(cause) || String(cause)}); check the disk before you continue`,
    { cause },
  );
}
