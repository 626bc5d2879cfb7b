import type { StoreUnderTest } from '@keepfit/callbacks/testing';
import { stealLock } from '../../../store-indexeddb/test/helpers/steal-lock.js';
import { opfsStore } from '../../src/index.js';

/** A store in a new folder, which is removed in the end. */
export function newStore(): StoreUnderTest & { dir: string; remove: () => Promise<void> } {
  const [parent, name] = ['keepfit tests', crypto.randomUUID()];
  const dir = `${parent}/${name}`;
  const remove = async () => {
    const root = await navigator.storage.getDirectory();
    await (await root.getDirectoryHandle(parent, { create: true })).removeEntry(name, { recursive: true });
  };
  const cleanup = () => remove().catch(() => undefined);
  return { store: opfsStore(dir), reopen: () => opfsStore(dir), cleanup, dir, remove };
}

/** The same with the hooks of the conformance kit. */
export function newSubject(): ReturnType<typeof newStore> {
  const made = newStore();
  const loseLock = async (key: string) => (await stealLock(`keepfit:opfs:${made.dir}:${key}`))();
  return { ...made, wipe: made.remove, loseLock };
}
