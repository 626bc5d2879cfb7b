import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';

/** Runs something with files of a folder; its failure becomes a KeepfitError, while one that is that already passes. */
export async function attempt<Result>(dir: string, action: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw isKeepfitError(error) ? error : fileError(error, action, dir);
  }
}

/** An error of the file system in the words of opfsStore: what failed, where, and what would do. The original is its cause. */
function fileError(cause: unknown, action: string, dir: string): KeepfitError {
  const { name: reason = '' } = (cause ?? {}) as Partial<Error>;
  const said = `could not ${action} in the private folder ${JSON.stringify(dir)}`;
  if (reason === 'QuotaExceededError') {
    return new KeepfitError('KEEPFIT_STORE_FULL', `${said}: the browser gives this site no more room. Free some; the old checkpoint stays`, { cause });
  }
  return new KeepfitError('KEEPFIT_STORE_FAILED', `${said} (${reason || String(cause)}): ${advice()}`, { cause });
}

function advice(): string {
  if (typeof FileSystemFileHandle === 'undefined') return 'there is none here, only in browsers, on https or localhost; in Node use fsStore';
  return 'see the cause';
}
