import { BackupAndRestore, type CallbackHooks, type CheckpointStore } from '@keepfit/callbacks';
import { memoryStore } from '@keepfit/store-memory';
import { expect } from 'vitest';
import { copyOf, storedProgress } from './stored.js';
import { type Ended, type PlainRun, trainPlain } from './train-plain.js';

/** Trains with a backup each batch. The store at a step is what a process leaves that is killed before the next. */
export async function storesAfter(
  run: PlainRun,
): Promise<{ readonly stores: readonly CheckpointStore[]; readonly ended: Ended }> {
  const store = memoryStore();
  const stores: CheckpointStore[] = [];
  const keep: CallbackHooks = {
    batchLogs: false,
    onTrainBatchBegin: async () => void stores.push(await copyOf(store)),
  };
  const ended = await trainPlain({ ...run, before: [new BackupAndRestore(store, { saveFreq: 1 }), keep] });
  for (const [step, copy] of stores.entries()) expect((await storedProgress(copy)).step).toBe(step);
  return { stores, ended };
}
