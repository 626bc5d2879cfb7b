import type { CheckpointStore } from '@keepfit/callbacks';

/**
 * Creates a store in memory that reads nothing of its second checkpoint, or of any later one, until `let` is
 * called.
 */
export function createSlowStore(): { readonly store: CheckpointStore; readonly let: () => void } {
  const stored = new Map<string, { bytes: Uint8Array; version: string }>();
  let sets = 0;
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const store: CheckpointStore = {
    supports: { durable: false, fencing: false, locking: false },
    get: async (key) => stored.get(key),
    async set(key, { byteLength, chunks }) {
      sets += 1;
      if (sets > 1) await gate;
      const bytes = new Uint8Array(byteLength);
      let length = 0;
      for await (const chunk of chunks) {
        bytes.set(chunk, length);
        length += chunk.length;
      }
      stored.set(key, { bytes, version: String(sets) });
      return String(sets);
    },
    delete: async (key) => void stored.delete(key),
    keys: async () => [...stored.keys()],
  };
  return { store, let: () => open() };
}
