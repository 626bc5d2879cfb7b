import { withStorageErrors } from '@keepfit/callbacks/store';

/** Runs something with a database; its failure becomes a KeepfitError, while one that is that already passes. */
export function attempt<Result>(name: string, action: string, run: () => Promise<Result>): Promise<Result> {
  return withStorageErrors(`${action} in the database ${JSON.stringify(name)}`, adviceFor, run);
}

function adviceFor(reason: string): string {
  if (typeof indexedDB === 'undefined')
    return 'there is no IndexedDB here, only in browsers; in Node use fsStore';
  if (reason === 'VersionError' || reason === 'NotFoundError')
    return 'it is of another program; use another name';
  return 'see the cause';
}
