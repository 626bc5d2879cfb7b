import type { CheckpointStore, StoredCheckpoint } from '../contract/checkpoint-store.js';
import type { KeepfitErrorCode } from '../contract/keepfit-error.js';

/** Fails a conformance test unless the condition holds. The message says what the store must do. */
export function assertThat(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Fails unless the promise rejects with an Error, and with `code` if given. */
export async function assertRejects(
  promise: Promise<unknown>,
  what: string,
  code?: KeepfitErrorCode,
): Promise<void> {
  const outcome = await promise.then(
    () => ({ resolved: true as const }),
    (error: unknown) => ({ resolved: false as const, error }),
  );
  assertThat(!outcome.resolved, `${what} must reject, but resolved`);
  assertThat(outcome.error instanceof Error, `${what} must reject with an Error`);
  if (code === undefined) return;
  const found = (outcome.error as { code?: unknown }).code;
  assertThat(
    found === code,
    `${what} must reject with ${code}, but rejected with ${String(found)}: ${outcome.error.message}`,
  );
}

/** Fails unless the store holds exactly these bytes under key; returns the result of `get`. */
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

/** Fails unless the store lists exactly these keys. */
export async function assertKeys(
  store: CheckpointStore,
  expected: readonly string[],
  when = 'now',
): Promise<void> {
  const [found, wanted] = [[...(await store.keys())].sort(), [...expected].sort()];
  const first = wanted.findIndex((key, index) => key !== found[index]);
  const difference = first === -1 ? found[wanted.length] : wanted[first];
  assertThat(
    difference === undefined,
    `keys must list ${formatKeys(wanted)} ${when}, but lists ${formatKeys(found)}; the first difference is at ${JSON.stringify(difference)}`,
  );
}

function formatKeys(keys: readonly string[]): string {
  return keys.length > 20 ? `${keys.length} keys` : JSON.stringify(keys);
}

function firstDifference(found: Uint8Array, expected: Uint8Array): number {
  for (let index = 0; index < found.length; index++) if (found[index] !== expected[index]) return index;
  return -1;
}
