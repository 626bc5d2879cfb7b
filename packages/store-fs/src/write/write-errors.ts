import { KeepfitError } from '@keepfit/callbacks/store';
import { codeOf } from '../system/code-of.js';

const OLD_STAYS = 'the old checkpoint stays';

/** Another trainer's checkpoint is in place of the one that was to be replaced. Versions are null where there is no checkpoint. */
export function conflict(
  path: string,
  folder: string,
  expected: string | null,
  found: string | null,
): KeepfitError {
  const [wanted, there] = [expected, found].map((version) =>
    version === null ? 'no checkpoint' : `version ${version}`,
  );
  return new KeepfitError(
    'KEEPFIT_STORE_CONFLICT',
    `${path} should be ${wanted}, but is ${there}: another trainer wrote in ${folder}, and nothing was changed. ` +
      'Stop one of the two, or give each its own folder or name',
  );
}

/** The file has not the size of what was written to it. */
export function wrongSize(path: string, byteLength: number, size: bigint): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `${path} should have ${byteLength} bytes, but has ${size}; ${OLD_STAYS}`,
  );
}

/** A write took nothing, or said that it took more than there was. */
export function wrongWrite(path: string, length: number, written: number): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `a write of ${length} bytes to ${path} wrote ${written}; ${OLD_STAYS}`,
  );
}

/** The chunks are more or fewer bytes than was announced. */
export function wrongLength(path: string, announced: number, came: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `the chunks for ${path} must add up to the announced ${announced} bytes, but came to ${came}; ${OLD_STAYS}`,
  );
}

/** The last step failed: the new checkpoint can be read, but maybe not after a power cut. */
export function notDurable(path: string, cause: unknown): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `the new checkpoint is in place at ${path}, but a power cut may bring back the old one, for the folder could not be synced ` +
      `(${codeOf(cause) || String(cause)}); see to the disk before going on`,
    { cause },
  );
}
