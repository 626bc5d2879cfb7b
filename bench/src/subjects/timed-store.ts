import type { CheckpointStore } from '@keepfit/callbacks';

/** A store, and when each of its writes began and ended, in milliseconds of `performance.now()`. */
export interface TimedStore {
  readonly store: CheckpointStore;
  readonly writes: { readonly begin: number; end: number }[];
}

export function timedStore(store: CheckpointStore): TimedStore {
  const writes: TimedStore['writes'] = [];
  return {
    writes,
    store: {
      ...store,
      async set(key, content, condition) {
        const write = { begin: performance.now(), end: Infinity };
        writes.push(write);
        const version = await store.set(key, content, condition);
        write.end = performance.now();
        return version;
      },
    },
  };
}
