import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks, type CheckpointStore } from '@keepfit/callbacks';
import { type Model, seeded, Trainer, useBackend } from '@keepfit/fit';
import { indexedDBStore } from '@keepfit/store-indexeddb';
import { opfsStore } from '@keepfit/store-opfs';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';

const x = { data: Float32Array.from({ length: 60 }, (_, i) => Math.sin(i)), shape: [20, 3] };
const y = { data: Float32Array.from({ length: 20 }, (_, i) => Math.cos(i)), shape: [20, 1] };

interface Medium {
  readonly name: string;
  readonly open: () => CheckpointStore;
  readonly destroy: () => Promise<unknown>;
}

beforeAll(async () => {
  await useBackend(cpuBackend());
});
afterEach(() => void vi.restoreAllMocks());

function newDatabase(): Medium {
  const name = crypto.randomUUID();
  return { name, open: () => indexedDBStore(name), destroy: () => deleteDatabase(name) };
}

/** Its parent folder goes, as when the user clears the data of the site. */
function newFolder(): Medium {
  const name = crypto.randomUUID();
  const destroy = async (): Promise<void> => {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(name, { recursive: true });
  };
  return { name, open: () => opfsStore(`${name}/digits`), destroy };
}

const MEDIA = [
  ['a database', newDatabase],
  ['a folder', newFolder],
] as const;

for (const [what, create] of MEDIA) {
  test(`${what} that is deleted in each batch costs nothing: same bits, one warning`, async () => {
    const whole = await train([]);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const medium = create();
    const backup = new BackupAndRestore(medium.open(), { saveFreq: 1 });
    expect(await train([destroyAtBatchEnd(medium), backup])).toEqual(whole);
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('was deleted while training ran'));
    expect(await medium.open().keys()).toEqual([]);
    await medium.destroy().catch(() => undefined);
  });

  test(`${what} that is deleted while a backup is written costs nothing: same bits`, async () => {
    const whole = await train([]);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    for (const set of [2, 4]) {
      warn.mockClear();
      const medium = create();
      const store = destroyDuring(medium, set);
      const backup = new BackupAndRestore(store, { saveFreq: 1 });
      const outcome = await train([backup]).catch((error: unknown) => error);
      expect(outcome).toEqual(whole);
      expect(warn.mock.calls.length).toBeLessThanOrEqual(1);
      await medium.destroy().catch(() => undefined);
    }
  });

  test(`${what} that is deleted, and a crash: the backup that was written again continues exactly`, async () => {
    const whole = await train([]);
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const medium = create();
    const crash = throwAtBatchEnd(7);
    const callbacks = [
      destroyAtBatchEnd(medium, 3),
      new BackupAndRestore(medium.open(), { saveFreq: 1 }),
      crash,
    ];
    await expect(train(callbacks)).rejects.toMatchObject({ code: 'KEEPFIT_HOOK_FAILED' });
    expect(await medium.open().keys()).toEqual(['backup']);
    expect(await train([new BackupAndRestore(medium.open(), { saveFreq: 1 })])).toEqual(whole);
    await medium.destroy().catch(() => undefined);
  });
}

async function train(callbacks: CallbackHooks[]) {
  const model = seeded(1, noisyModel);
  const trainer = new Trainer(model, { optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
  await trainer.fit(x, y, { epochs: 3, batchSize: 6, seed: 5, verbose: 0, callbacks });
  return {
    weights: model.weights.map(({ variable }) => [...variable.dataSync()]),
    history: trainer.history.history,
  };
}

function noisyModel(): Model {
  const kernel = tf.variable(tf.randomNormal<tf.Rank.R2>([3, 1]));
  return {
    weights: [{ name: 'kernel', variable: kernel, trainable: true }],
    call: (inputs, { training }) => {
      const input = inputs as tf.Tensor2D;
      return tf.matMul(training ? tf.add(input, tf.randomNormal(input.shape)) : input, kernel as tf.Tensor2D);
    },
  };
}

/** Deletes the medium at the end of each batch, or of one. */
function destroyAtBatchEnd(medium: Medium, only?: number): CallbackHooks {
  let calls = 0;
  return {
    batchLogs: false,
    onTrainBatchEnd: async () => {
      calls += 1;
      // Nothing is there if no backup was written since.
      if (only === undefined || calls === only) await medium.destroy().catch(() => undefined);
    },
  };
}

function throwAtBatchEnd(call: number): CallbackHooks {
  let calls = 0;
  return {
    onTrainBatchEnd() {
      calls += 1;
      if (calls === call) throw new Error('crash');
    },
  };
}

/** The store of the medium, which is deleted when the chunks of this set have come half-way. */
function destroyDuring(medium: Medium, set: number): CheckpointStore {
  const store = medium.open();
  let sets = 0;
  return {
    ...store,
    set(key, content, condition) {
      sets += 1;
      if (sets !== set) return store.set(key, content, condition);
      const { byteLength, chunks } = content;
      return store.set(key, { byteLength, chunks: destroyHalfWay(chunks, medium) }, condition);
    },
  };
}

async function* destroyHalfWay(
  chunks: AsyncIterable<Uint8Array>,
  medium: Medium,
): AsyncGenerator<Uint8Array, void, undefined> {
  let isDestroyed = false;
  for await (const chunk of chunks) {
    const half = chunk.length >>> 1;
    yield chunk.subarray(0, half);
    // A browser may refuse to delete a folder with an open file.
    if (!isDestroyed) await medium.destroy().catch(() => undefined);
    isDestroyed = true;
    yield chunk.subarray(half);
  }
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error ?? new Error('the database was not deleted'));
  });
}
