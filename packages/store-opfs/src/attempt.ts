import { withStorageErrors } from '@keepfit/callbacks/store';

/** Runs something with files of a folder; its failure becomes a KeepfitError, while one that is that already passes. */
export function attempt<Result>(dir: string, action: string, run: () => Promise<Result>): Promise<Result> {
  return withStorageErrors(`${action} in the private folder ${JSON.stringify(dir)}`, advice, run);
}

function advice(reason: string): string {
  if (typeof FileSystemFileHandle === 'undefined')
    return 'there is none here, only on https and localhost; in Node use fsStore';
  if (reason === 'SecurityError') return 'private windows may have none; use indexedDBStore';
  return 'see the cause';
}
