import type { CheckpointStore, StoredCheckpoint } from '../../src/contract/checkpoint-store.js';
import { plainStore } from './plain-store.js';

/** How stores in the wild deal with bytes that they take for damaged. */
export type MendDefect =
  | 'cuts what it takes for too much'
  | 'fills up what it takes for cut'
  | 'gives the last good copy instead'
  | 'takes a short checkpoint for an absence'
  | 'takes every damaged checkpoint for an absence'
  | 'refuses to give what it cannot read'
  | 'gives damage of its own';

/** A store that looks into the bytes it was given, which are none of its business; right without a defect. */
export function mendingStore(
  isWhole: (bytes: Uint8Array) => boolean,
  length: number,
  defect?: MendDefect,
): CheckpointStore {
  const is = (one: MendDefect): boolean => one === defect;
  const store = plainStore();
  let lastGood: StoredCheckpoint | undefined;
  return {
    ...store,
    async get(key) {
      const found = await store.get(key);
      if (found === undefined) return undefined;
      const { bytes, version } = found;
      if (isWhole(bytes)) lastGood = found;
      if (is('cuts what it takes for too much') && bytes.length > length)
        return { bytes: bytes.slice(0, length), version };
      if (is('fills up what it takes for cut') && bytes.length < length) {
        return { bytes: Buffer.concat([bytes, new Uint8Array(length - bytes.length)]), version };
      }
      if (is('takes a short checkpoint for an absence') && bytes.length < 8) return undefined;
      if (is('takes every damaged checkpoint for an absence') && !isWhole(bytes)) return undefined;
      if (is('gives the last good copy instead') && !isWhole(bytes)) return lastGood ?? found;
      if (is('refuses to give what it cannot read') && !isWhole(bytes))
        throw new Error('the bytes make no sense');
      if (is('gives damage of its own') && isWhole(bytes)) bytes[bytes.length - 1]! ^= 1;
      return found;
    },
  };
}
