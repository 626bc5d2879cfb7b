import { withStorageErrors } from '@keepfit/callbacks';

/** Runs something with files of a folder; its failure becomes a KeepfitError, while one that is that already passes. */
export function attempt<Result>(dir: string, action: string, run: () => Promise<Result>): Promise<Result> {
  return withStorageErrors(`${action} in the private folder ${JSON.stringify(dir)}`, advice, run);
}

function advice(): string {
  if (typeof FileSystemFileHandle === 'undefined') return 'there is none here, only in browsers, on https or localhost; in Node use fsStore';
  return 'see the cause';
}
