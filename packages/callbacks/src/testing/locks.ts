import type { CheckpointStore, StoreLock } from '../contract/checkpoint-store.js';
import { assertRejects, assertThat } from './assertions.js';
import { createBytes, createContent } from './contents.js';
import { settleSoon } from './steps.js';

/** Locks a key; fails if the lock is not what the contract says. */
export async function acquireLock(store: CheckpointStore, key: string): Promise<StoreLock> {
  assertThat(typeof store.lock === 'function', 'a store that claims locking must have lock');
  const held = await settleSoon(store.lock(key), `lock of "${key}"`);
  assertThat(typeof held?.release === 'function', 'lock must give an object with release');
  const { lost } = held;
  assertThat(
    lost === undefined || (typeof lost.aborted === 'boolean' && typeof lost.addEventListener === 'function'),
    'lost must be an AbortSignal, or absent',
  );
  return held;
}

/** Fails unless a lock of this key is refused because it has a holder. */
export async function assertLocked(store: CheckpointStore, key: string): Promise<void> {
  await assertRejects(acquireLock(store, key), `a second lock of "${key}"`, 'KEEPFIT_STORE_LOCKED');
}

/**
 * Fails unless a holder whose lock has passed to another can neither set nor delete "backup", and knows it.
 *
 * @param reader Another object over the same data.
 */
export async function assertWritesRefused(
  store: CheckpointStore,
  held: StoreLock,
  reader: CheckpointStore,
): Promise<void> {
  const before = (await reader.get('backup'))?.version ?? null;
  const content = createContent(createBytes(700, 9), 100);
  const conditions = [undefined, ...(store.supports.fencing ? [{ replaces: before }] : [])];
  for (const condition of conditions) {
    const how = condition === undefined ? '' : ' whose condition is met';
    await assertRejects(
      store.set('backup', content, condition),
      `a set${how} by a holder whose lock has passed to another`,
      'KEEPFIT_STORE_CONFLICT',
    );
    if (before === null) continue;
    await assertRejects(
      store.delete('backup', condition),
      `a delete${how} by a holder whose lock has passed to another`,
      'KEEPFIT_STORE_CONFLICT',
    );
  }
  const after = (await reader.get('backup'))?.version ?? null;
  assertThat(after === before, 'a holder whose lock has passed to another must change nothing');
  assertThat(held.lost?.aborted !== false, 'lost must be aborted when the lock has passed to another');
}
