import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';

/** Runs something with a database; its failure becomes a KeepfitError, while one that is that already passes. */
export async function attempt<Result>(name: string, action: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw isKeepfitError(error) ? error : databaseError(error, action, name);
  }
}

/** An error of IndexedDB in the words of indexedDBStore: what failed, where, and what would do. The original is its cause. */
function databaseError(cause: unknown, action: string, name: string): KeepfitError {
  const { name: reason = '' } = (cause ?? {}) as Partial<Error>;
  const said = `could not ${action} in the database ${JSON.stringify(name)}`;
  if (reason === 'QuotaExceededError') {
    return new KeepfitError('KEEPFIT_STORE_FULL', `${said}: the browser gives this site no more room. Free some; the old checkpoint stays`, { cause });
  }
  return new KeepfitError('KEEPFIT_STORE_FAILED', `${said} (${reason || String(cause)}): ${adviceFor(reason)}`, { cause });
}

function adviceFor(reason: string): string {
  if (typeof indexedDB === 'undefined') return 'there is no IndexedDB here, only in browsers; in Node use fsStore';
  if (reason === 'VersionError' || reason === 'NotFoundError') return 'it is of another program; use another name';
  return 'see the cause';
}
