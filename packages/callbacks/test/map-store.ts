import type { CheckpointContent, CheckpointStore } from '../src/contract/checkpoint-store.js';

/** The simplest store there can be, for tests. */
export function mapStore(stored: Map<string, Uint8Array> = new Map()): CheckpointStore {
  let version = 0;
  return {
    supports: { durable: false, fencing: false, locking: false },
    get: async (key) => {
      const bytes = stored.get(key);
      return bytes && { bytes: bytes.slice(), version: String(version) };
    },
    set: async (key, content) => {
      stored.set(key, await collected(content));
      version += 1;
      return String(version);
    },
    delete: async (key) => void stored.delete(key),
    keys: async () => [...stored.keys()],
  };
}

async function collected({ byteLength, chunks }: CheckpointContent): Promise<Uint8Array> {
  const bytes = new Uint8Array(byteLength);
  let end = 0;
  for await (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return bytes;
}
