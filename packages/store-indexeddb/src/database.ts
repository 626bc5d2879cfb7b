import { withStorageErrors } from '@keepfit/callbacks/store';

/** One transaction over both object stores. What `work` throws undoes all of it. */
export type Transact = <Result>(
  mode: 'readonly' | 'readwrite',
  /** For the message of an error. */
  action: string,
  /** May await requests of this transaction and nothing else, for it ends when it has none. */
  work: (heads: IDBObjectStore, pieces: IDBObjectStore) => Promise<Result> | Result,
) => Promise<Result>;

const HEADS = 'checkpoints';
const PIECES = 'pieces';

/**
 * The database of this name, opened when it is first needed. It is closed where another page wants to delete or change it, and opened
 * anew by the next transaction.
 */
export function createTransact(name: string): Transact {
  let opening: Promise<IDBDatabase> | undefined;
  const forget = (): void => {
    opening = undefined;
  };

  return (mode, action, work) =>
    withDatabaseErrors(name, action, async () => {
      opening ??= open(name, forget);
      opening.catch(forget);
      const transaction = (await opening).transaction([HEADS, PIECES], mode, { durability: 'strict' });
      return runTransaction(transaction, async () =>
        work(transaction.objectStore(HEADS), transaction.objectStore(PIECES)),
      );
    });
}

/** The result of one request. */
export function waitForRequest<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error as Error);
  });
}

function open(name: string, forget: () => void): Promise<IDBDatabase> {
  return new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      for (const store of [HEADS, PIECES]) request.result.createObjectStore(store);
    };
    request.onerror = () => reject(request.error as Error);
    request.onsuccess = () => {
      const opened = request.result;
      opened.onclose = forget;
      opened.onversionchange = () => {
        forget();
        opened.close();
      };
      resolve(opened);
    };
  });
}

/** Resolves on `complete` alone: a request that succeeded can still be undone, for want of room for instance. */
function runTransaction<Result>(transaction: IDBTransaction, work: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    let failure: unknown;
    let result: Result;
    transaction.onabort = () => reject((transaction.error ?? failure) as Error);
    transaction.oncomplete = () => resolve(result);
    work().then(
      (value) => {
        result = value;
      },
      (error: unknown) => {
        failure = error;
        try {
          transaction.abort();
        } catch {
          reject(error as Error); // It has ended by itself.
        }
      },
    );
  });
}

/** What is kept under a key, beside its pieces: these are under [key, version, 0], [key, version, 1] and so on. */
export interface Head {
  readonly version: string;
  readonly byteLength: number;
  /** How many there are. */
  readonly pieces: number;
}

/** Where the pieces of a key are, or of one version of it. An array sorts after any number or string. */
export function getPieceRange(...place: [key: string, version?: string]): IDBKeyRange {
  return IDBKeyRange.bound(place, [...place, []]);
}

/** Runs something with a database; its failure becomes a KeepfitError, while one that is that already passes. */
export function withDatabaseErrors<Result>(
  name: string,
  action: string,
  run: () => Promise<Result>,
): Promise<Result> {
  return withStorageErrors(`${action} in the database ${JSON.stringify(name)}`, getAdvice, run);
}

function getAdvice(reason: string): string {
  if (typeof indexedDB === 'undefined')
    return 'there is no IndexedDB here, only in browsers; in Node use fsStore';
  if (reason === 'VersionError' || reason === 'NotFoundError')
    return 'it is of another program; use another name';
  return 'see the cause';
}
