import type { CheckpointStore, SavedTraining, TrainingProgress } from '@keepfit/callbacks';
import { decodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { createContent } from '@keepfit/callbacks/testing';
import { memoryStore } from '@keepfit/store-memory';

/** The training that a store holds. Without a key, the newest of its backup. */
export async function storedTraining(store: CheckpointStore, key?: string): Promise<SavedTraining> {
  return decodeCheckpoint(await storedBytes(store, key)).training;
}

/** Where the training that a store holds stands. */
export async function storedProgress(
  store: CheckpointStore,
  key?: string,
): Promise<TrainingProgress & { readonly begun: boolean }> {
  return (await storedTraining(store, key)).state['progress'] as unknown as TrainingProgress & {
    begun: boolean;
  };
}

/** The bytes of a checkpoint. */
export async function storedBytes(store: CheckpointStore, key?: string): Promise<Uint8Array> {
  const found = (await store.get(key ?? (await findNewestKey(store))))?.bytes;
  if (found === undefined) throw new Error(`the store has no ${key ?? 'backup'}`);
  return found;
}

/** The key of the newest checkpoint of a backup: a training with recorded steps may have two. */
export async function findNewestKey(store: CheckpointStore, name = 'backup'): Promise<string> {
  const second = (await store.get(`${name}.2`))?.bytes;
  if (second === undefined) return name;
  const first = (await store.get(name))?.bytes;
  const [one, two] = [first, second].map((bytes) => bytes && decodeCheckpoint(bytes).header.generation);
  return (one ?? 0) > (two ?? 0) ? name : `${name}.2`;
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
        steps.push((await storedProgress(store, args[0])).step);
        return version;
      },
    },
  };
}

/** Another store with the same checkpoints: what a new process would find if this one were killed now. */
export async function copyOf(store: CheckpointStore): Promise<CheckpointStore> {
  const copy = memoryStore();
  for (const key of await store.keys()) await copy.set(key, createContent(await storedBytes(store, key)));
  return copy;
}
