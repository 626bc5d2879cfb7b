import { isKeepfitError, KeepfitError } from '../contract/keepfit-error.js';

/**
 * For stores of a browser: runs something with its storage. A failure becomes a KeepfitError with the original as its cause; one that is a
 * KeepfitError already passes.
 *
 * @param what What is tried and where, for the message: `read "digits" in the database "runs"`, say.
 * @param advise What would do, given the `name` of the platform's error.
 * @throws KEEPFIT_STORE_FULL where the site's quota is used up, else KEEPFIT_STORE_FAILED
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
      `could not ${what}: the browser gives this site no more room. Free some; the old checkpoint stays`,
      { cause },
    );
  }
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `could not ${what} (${reason || String(cause)}): ${advise(reason)}`,
    { cause },
  );
}
