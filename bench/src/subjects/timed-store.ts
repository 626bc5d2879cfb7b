import type { CheckpointStore } from '@keepfit/callbacks';

/** A store that records when each write begins and ends, in milliseconds of `performance.now()`. */
export interface TimedStore {
  readonly store: CheckpointStore;
  readonly writes: { readonly begin: number; end: number }[];
}

export function createTimedStore(store: CheckpointStore): TimedStore {
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
