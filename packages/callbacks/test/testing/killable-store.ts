import { type KillableSubject, numberedBytes } from '../../src/testing/index.js';
import type { CheckpointStore } from '../../src/contract/checkpoint-store.js';
import { KeepfitError } from '../../src/contract/keepfit-error.js';

/** How stores in the wild come out of a kill. */
export type KillDefect =
  | 'acknowledges before it stored'
  | 'gives a stale copy after a kill'
  | 'writes in place'
  | 'is empty after a kill'
  | 'leaves what it began as a key'
  | 'keeps the lock of the killed';

/** A process that stores checkpoints until it is killed half-way through one, played in memory; right, but for the one defect. */
export function killableStore(defect?: KillDefect): KillableSubject {
  const is = (one: KillDefect): boolean => one === defect;
  // What a kill leaves. What a process has not put there yet dies with it.
  const medium = new Map<string, Uint8Array>();
  const older = new Map<string, Uint8Array>();
  let isLocked = false;

  const put = (bytes: Uint8Array): void => {
    const before = medium.get('backup');
    if (before !== undefined) older.set('backup', before);
    medium.set('backup', bytes);
  };

  return {
    async runAndKill(first, count) {
      isLocked = is('keeps the lock of the killed');
      const last = first + count - 1;
      for (let number = first; number <= last; number++) {
        if (!is('acknowledges before it stored') || number < last) put(numberedBytes(number));
      }
      const begun = numberedBytes(last + 1).subarray(0, 1000);
      if (is('writes in place')) put(Buffer.concat([begun, numberedBytes(last).subarray(1000)]));
      if (is('leaves what it began as a key')) medium.set('backup.tmp', begun);
      if (is('is empty after a kill')) medium.clear();
      return last;
    },
    reopen: (): CheckpointStore => ({
      supports: { durable: false, fencing: false, locking: true },
      async get(key) {
        const found = (is('gives a stale copy after a kill') ? older.get(key) : undefined) ?? medium.get(key);
        return found && { bytes: new Uint8Array(found), version: `${found.length}` };
      },
      async set(key, { chunks }) {
        const parts: Uint8Array[] = [];
        for await (const chunk of chunks) parts.push(chunk.slice());
        medium.set(key, Buffer.concat(parts));
        return crypto.randomUUID();
      },
      delete: async (key) => void medium.delete(key),
      keys: async () => [...medium.keys()],
      async lock() {
        if (isLocked) throw new KeepfitError('KEEPFIT_STORE_LOCKED', 'a process that is gone has it');
        return { release: async () => undefined };
      },
    }),
  };
}
