import { withStorageErrors } from '@keepfit/callbacks/store';

/** Runs one transaction over both object stores. An error of `work` undoes all of it. */
export type Transact = <Result>(
  mode: 'readonly' | 'readwrite',
  /** For the error message. */
  action: string,
  /** May await only requests of this transaction, which ends as soon as it has none. */
  work: (heads: IDBObjectStore, pieces: IDBObjectStore) => Promise<Result> | Result,
) => Promise<Result>;

const HEADS = 'checkpoints';
const PIECES = 'pieces';

/**
 * Opens the database of this name when it is first needed. Closes it if another page wants to delete or
 * change it; the next transaction opens it again.
 */
export function createTransact(name: string): Transact {
  let opening: Promise<IDBDatabase> | undefined;
  const forget = (): void => {
    opening = undefined;
  };

  return (mode, action, work) =>
    withDatabaseErrors(name, action, async () => {
      const begin = async (): Promise<IDBTransaction> => {
        opening ??= open(name, forget);
        opening.catch(forget);
        return (await opening).transaction([HEADS, PIECES], mode, { durability: 'strict' });
      };
      const transaction = await begin().catch((error: unknown) => {
        // The database was closed meanwhile, because another page deletes it or its site data are cleared.
        if ((error as Error | undefined)?.name !== 'InvalidStateError') throw error;
        forget();
        return begin();
      });
      return runTransaction(transaction, async () =>
        work(transaction.objectStore(HEADS), transaction.objectStore(PIECES)),
      );
    });
}

/** Resolves to the result of one request. */
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

/**
 * Resolves on `complete` only: a request that succeeded can still be undone, for instance when the quota is
 * exceeded.
 */
function runTransaction<Result>(transaction: IDBTransaction, work: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    let failure: unknown;
    let result: Result;
    // Without an error, the browser has closed the database.
    transaction.onabort = () =>
      reject((transaction.error ?? failure ?? new DOMException('closed', 'AbortError')) as Error);
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

/** The entry of a key. Its pieces have the keys [key, version, 0], [key, version, 1] and so on. */
export interface Head {
  readonly version: string;
  readonly byteLength: number;
  /** The number of pieces. */
  readonly pieces: number;
}

/** The range of the pieces of a key, or of one version of it. An array sorts after any number or string. */
export function getPieceRange(...place: [key: string, version?: string]): IDBKeyRange {
  return IDBKeyRange.bound(place, [...place, []]);
}

/** Runs a database operation. A failure becomes a KeepfitError; a KeepfitError passes unchanged. */
export function withDatabaseErrors<Result>(
  name: string,
  action: string,
  run: () => Promise<Result>,
  advise = getAdvice,
): Promise<Result> {
  return withStorageErrors(`${action} in the database ${JSON.stringify(name)}`, advise, run);
}

function getAdvice(reason: string): string {
  if (typeof indexedDB === 'undefined' || indexedDB === null)
    return 'only browsers have IndexedDB; in Node use fsStore';
  if (reason === 'SecurityError')
    return 'this page must not store data: its site data are blocked, or its frame is sandboxed; allow them, or use memoryStore';
  if (reason === 'AbortError') return 'the browser closed the database, as when its site data are cleared';
  if (reason === 'VersionError' || reason === 'NotFoundError')
    return 'it belongs to another program; use another name';
  return 'see the cause';
}
