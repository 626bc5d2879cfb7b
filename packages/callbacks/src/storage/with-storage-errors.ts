import { isKeepfitError, KeepfitError } from '../contract/keepfit-error.js';

/**
 * For browser stores: runs a storage operation. A failure becomes a KeepfitError with the original as its
 * cause; a KeepfitError passes unchanged.
 *
 * @param what The operation and its place, for the message, such as `read "digits" in the database "runs"`.
 * @param advise Returns how to fix it, given the `name` of the platform's error.
 * @throws KEEPFIT_STORE_FULL when the site's quota is used up.
 * @throws KEEPFIT_STORE_FAILED when anything else fails.
 */
export async function withStorageErrors<Result>(
  what: string,
  advise: (reason: string) => string,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (cause) {
    throw isKeepfitError(cause) ? cause : storageError(cause, what, advise);
  }
}

function storageError(cause: unknown, what: string, advise: (reason: string) => string): KeepfitError {
  const { name: reason = '' } = (cause ?? {}) as Partial<Error>;
  if (reason === 'QuotaExceededError') {
    return new KeepfitError(
      'KEEPFIT_STORE_FULL',
      `could not ${what}: this site has used up its storage quota. Free some space; the old checkpoint stays`,
      { cause },
    );
  }
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `could not ${what} (${reason || String(cause)}): ${advise(reason)}`,
    { cause },
  );
}
