import type { CheckpointStore } from '@keepfit/callbacks';

/** A store that tells the size of each backup and the time that it took, once it is safe. */
export function watchedStore(
  store: CheckpointStore,
  saved: (bytes: number, milliseconds: number) => void,
): CheckpointStore {
  return {
    supports: store.supports,
    get: (key) => store.get(key),
    delete: (key) => store.delete(key),
    keys: () => store.keys(),
    async set(key, content, condition) {
      const begin = performance.now();
      const version = await store.set(key, content, condition);
      saved(content.byteLength, performance.now() - begin);
      return version;
    },
    ...(store.lock && { lock: store.lock.bind(store) }),
  };
}
