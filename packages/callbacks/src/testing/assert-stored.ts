import type { CheckpointStore, StoredCheckpoint } from '../contract/checkpoint-store.js';
import { assertThat } from './assert-that.js';

/** Fails unless the store holds exactly these bytes under key; returns what it gave. */
export async function assertStored(
  store: CheckpointStore,
  key: string,
  expected: Uint8Array,
  when: string,
): Promise<StoredCheckpoint> {
  const found = await store.get(key);
  assertThat(found !== undefined, `get(${JSON.stringify(key)}) must give bytes ${when}, but gave undefined`);
  assertThat(found.bytes instanceof Uint8Array, `get must give a Uint8Array ${when}`);
  const { bytes } = found;
  assertThat(
    bytes.length === expected.length,
    `get must give ${expected.length} bytes ${when}, but gave ${bytes.length}`,
  );
  const wrong = firstDifference(bytes, expected);
  assertThat(wrong === -1, `byte ${wrong} must be ${expected[wrong]} ${when}, but is ${bytes[wrong]}`);
  assertThat(typeof found.version === 'string' && found.version !== '', `get must give a version ${when}`);
  return found;
}

function firstDifference(found: Uint8Array, expected: Uint8Array): number {
  for (let index = 0; index < found.length; index++) if (found[index] !== expected[index]) return index;
  return -1;
}
