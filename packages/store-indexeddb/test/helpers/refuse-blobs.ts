import { vi } from 'vitest';

const { put } = IDBObjectStore.prototype;

/** Refuses Blobs, as WebKit does in a private window, until mocks are restored. */
export function refuseBlobs(): void {
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
    this: IDBObjectStore,
    value: unknown,
    key?: IDBValidKey,
  ) {
    if (value instanceof Blob)
      throw new DOMException('Error preparing Blob/File data to be stored in object store', 'DataCloneError');
    return put.call(this, value, key);
  });
}
