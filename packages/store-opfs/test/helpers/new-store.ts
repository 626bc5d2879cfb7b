import type { StoreUnderTest } from '@keepfit/callbacks/testing';
import { opfsStore } from '../../src/index.js';

/** A store in a new folder, which is removed in the end. */
export function newStore(): StoreUnderTest & { dir: string } {
  const [parent, name] = ['keepfit tests', crypto.randomUUID()];
  const dir = `${parent}/${name}`;
  const cleanup = async () => {
    const root = await navigator.storage.getDirectory();
    await (
      await root.getDirectoryHandle(parent, { create: true })
    )
      .removeEntry(name, { recursive: true })
      .catch(() => undefined);
  };
  return { store: opfsStore(dir), reopen: () => opfsStore(dir), cleanup, dir };
}
