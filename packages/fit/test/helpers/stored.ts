import type { CheckpointStore, SavedTraining, TrainingProgress } from '@keepfit/callbacks';
import { decodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { contentOf } from '@keepfit/callbacks/testing';
import { memoryStore } from '@keepfit/store-memory';

/** The training that a store holds. */
export async function storedTraining(store: CheckpointStore, key = 'backup'): Promise<SavedTraining> {
  return decodeCheckpoint(await storedBytes(store, key)).training;
}

/** Where the training that a store holds stands. */
export async function storedProgress(
  store: CheckpointStore,
  key = 'backup',
): Promise<TrainingProgress & { readonly begun: boolean }> {
  return (await storedTraining(store, key)).state['progress'] as unknown as TrainingProgress & {
    begun: boolean;
  };
}

/** The bytes of a checkpoint. */
export async function storedBytes(store: CheckpointStore, key = 'backup'): Promise<Uint8Array> {
  const found = await store.get(key);
  if (found === undefined) throw new Error(`the store has no ${key}`);
  return found.bytes;
}

/** The store, and where the trainings stood that were written into it, in order. */
export function recordSteps(store: CheckpointStore): {
  readonly store: CheckpointStore;
  readonly steps: readonly number[];
} {
  const steps: number[] = [];
  return {
    steps,
    store: {
      ...store,
      async set(...args) {
        const version = await store.set(...args);
        steps.push((await storedProgress(store)).step);
        return version;
      },
    },
  };
}

/** Another store with the same checkpoints: what a new process would find if this one were killed now. */
export async function copyOf(store: CheckpointStore): Promise<CheckpointStore> {
  const copy = memoryStore();
  for (const key of await store.keys()) await copy.set(key, contentOf(await storedBytes(store, key)));
  return copy;
}
