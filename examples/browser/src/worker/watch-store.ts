import type { CheckpointStore } from 'keepfit';

/** Wraps a store so that it reports the size and duration of each backup, once it is durable. */
export function watchStore(
  store: CheckpointStore,
  saved: (bytes: number, milliseconds: number) => void,
): CheckpointStore {
  return {
    ...(store.name !== undefined && { name: store.name }),
    supports: store.supports,
    get: (key) => store.get(key),
    delete: (key, condition) => store.delete(key, condition),
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
