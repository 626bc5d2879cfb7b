import { KeepfitError } from '@keepfit/callbacks/store';
import { getErrorCode } from '../system/file-errors.js';

const OLD_STAYS = 'the old checkpoint stays';

/** Another trainer's checkpoint is in place instead of the expected one. A version is null if there is no checkpoint. */
export function createConflict(
  path: string,
  folder: string,
  expected: string | null,
  found: string | null,
): KeepfitError {
  const [wanted, actual] = [expected, found].map((version) =>
    version === null ? 'no checkpoint' : `version ${version}`,
  );
  return new KeepfitError(
    'KEEPFIT_STORE_CONFLICT',
    `${path} should be ${wanted}, but is ${actual}: another trainer wrote in ${folder}, and nothing was changed. ` +
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
