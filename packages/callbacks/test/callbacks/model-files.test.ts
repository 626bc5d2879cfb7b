import { afterEach, describe, expect, test, vi } from 'vitest';
import { ModelCheckpoint } from '../../src/callbacks/model-checkpoint.js';
import type { ModelCheckpointOptions } from '../../src/callbacks/model-checkpoint-options.js';
import type { CheckpointStore } from '../../src/contract/checkpoint-store.js';
import type { StateRecord } from '../../src/contract/state.js';
import { BackupAndRestore } from '../../src/index.js';
import { createContent, faultyStore } from '../../src/testing/index.js';
import { FakeTrainer } from '../fake-trainer.js';
import { mapStore } from '../map-store.js';
import { plainStore } from '../testing/plain-store.js';

afterEach(() => void vi.restoreAllMocks());

const weights = { saveWeightsOnly: true } as const;

async function begin(store: CheckpointStore, options: ModelCheckpointOptions) {
  const callback = new ModelCheckpoint(store, options);
  const trainer = new FakeTrainer();
  callback.setModel(trainer);
  await callback.onTrainBegin();
  return { callback, trainer };
}

/** Ends epochs with these losses, from an epoch on, and returns the keys after each. */
async function endEpochs(
  { callback, trainer }: Awaited<ReturnType<typeof begin>>,
  store: CheckpointStore,
  losses: readonly number[],
  from = 0,
): Promise<string[]> {
  const keys: string[] = [];
  for (const [index, loss] of losses.entries()) {
    callback.onEpochBegin(from + index);
    await callback.onEpochEnd(from + index, { val_loss: loss });
    await trainer.captureRequested();
    keys.push((await store.keys()).sort().join());
  }
  return keys;
}

const stores: Readonly<Record<string, () => CheckpointStore>> = {
  'a store with fencing': () => plainStore(),
  'a store without': () => mapStore(),
};

describe.each(Object.entries(stores))('maxToKeep in %s', (_name, create) => {
  test.each([true, false])('keeps the newest and the best, saveWeightsOnly: %s', async (saveWeightsOnly) => {
    const store = create();
    const run = await begin(store, { keyPattern: 'e{epoch}', maxToKeep: 3, saveWeightsOnly });
    expect(await endEpochs(run, store, [5, 1, 3, 4, 2, 6, 0.5, 7, 8])).toEqual([
      'e1',
      'e1,e2',
      'e1,e2,e3',
      'e2,e3,e4',
      'e2,e4,e5',
      'e2,e5,e6',
      'e5,e6,e7',
      'e6,e7,e8',
      'e7,e8,e9',
    ]);
    expect(run.trainer.heldCaptures).toBe(0);
  });

  test('of 1 keeps the best, and no NaN', async () => {
    const store = create();
    const run = await begin(store, { keyPattern: 'e{epoch}', maxToKeep: 1, ...weights });
    expect(await endEpochs(run, store, [NaN, 3, 4, NaN, 2])).toEqual(['e1', 'e2', 'e2', 'e2', 'e5']);
  });

  test('deletes nothing that another run wrote, also after a resume', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const store = create();
    const options = { keyPattern: 'e{epoch}', maxToKeep: 2, ...weights };
    const others = async (losses: readonly number[], from: number) => {
      const run = await begin(store, { keyPattern: 'e{epoch}', ...weights });
      await endEpochs(run, store, losses, from);
      await run.trainer.settle();
    };
    await others([1, 1, 1], 90);
    const killed = await begin(store, options);
    await endEpochs(killed, store, [9, 8]);
    const state = structuredClone(killed.callback.getState()) as StateRecord;
    await killed.trainer.settle();
    // Another run has replaced one of the two meanwhile.
    await others([1], 0);
    const resumed = await begin(store, options);
    resumed.callback.setState(state);
    expect(await endEpochs(resumed, store, [7, 6], 2)).toEqual([
      'e1,e2,e3,e91,e92,e93',
      'e1,e3,e4,e91,e92,e93',
    ]);
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/leaves "e1" of its store: another program has replaced it/)],
    ]);
  });

  test('leaves the files of a state that belongs to another pattern', async () => {
    const store = create();
    const killed = await begin(store, { keyPattern: 'a{epoch}', maxToKeep: 2, ...weights });
    await endEpochs(killed, store, [1, 2]);
    const state = structuredClone(killed.callback.getState()) as StateRecord;
    await killed.trainer.settle();
    const other = await begin(store, { keyPattern: 'b{epoch}', maxToKeep: 2, ...weights });
    other.callback.setState(state);
    expect((await endEpochs(other, store, [3, 4, 5], 2)).at(-1)).toBe('a1,a2,b3,b5');
  });

  test('a checkpoint that a killed run requested under another pattern keeps its key, and is not deleted', async () => {
    const store = create();
    const killed = await begin(store, { keyPattern: 'a{epoch}', maxToKeep: 1 });
    await killed.callback.onEpochEnd(0, { val_loss: 1 });
    const state = structuredClone(killed.callback.getState()) as StateRecord;
    await killed.trainer.settle();
    const resume = async () => {
      const run = await begin(store, { keyPattern: 'b{epoch}', maxToKeep: 1 });
      run.callback.setState(state);
      return run;
    };
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const other = await begin(store, { keyPattern: 'a{val_loss}' });
    const early = await resume();
    await early.trainer.captureRequested();
    expect([await store.keys(), warn.mock.calls]).toEqual([
      [],
      [[expect.stringMatching(/does not write "a1" again.*another training uses .*"a\{epoch\}"/)]],
    ]);
    await early.trainer.settle();
    await other.trainer.settle();
    const resumed = await resume();
    expect(resumed.callback.getState()).toMatchObject({ pendingKey: 'a1', pendingPattern: 'a{epoch}' });
    await resumed.trainer.captureRequested();
    expect((await endEpochs(resumed, store, [3, 2], 1)).at(-1)).toBe('a1,b3');
    await (await begin(store, { keyPattern: 'a{val_loss}' })).trainer.settle();
  });

  test('compares no values of different logs after a resume', async () => {
    const store = create();
    const options = { keyPattern: 'e{epoch}', maxToKeep: 2, ...weights };
    const killed = await begin(store, options);
    await endEpochs(killed, store, [1, 2]);
    const state = structuredClone(killed.callback.getState()) as StateRecord;
    await killed.trainer.settle();
    const resumed = await begin(store, { ...options, monitor: 'val_mse' });
    resumed.callback.setState(state);
    for (const [index, value] of [8, 9, 10].entries())
      await resumed.callback.onEpochEnd(index + 2, { val_mse: value });
    expect((await store.keys()).sort().join()).toBe('e3,e5');
  });

  test('deletes nothing before the new one is safe', async () => {
    const inner = create();
    const faulty = faultyStore(inner);
    const run = await begin(faulty, { keyPattern: 'e{epoch}', maxToKeep: 1, ...weights });
    await endEpochs(run, inner, [2]);
    const failing = faulty.hold({ operation: 'set' });
    const ending = endEpochs(run, inner, [1], 1);
    await failing.reached;
    expect(await inner.keys()).toEqual(['e1']);
    failing.release();
    expect(await ending).toEqual(['e2']);
  });
});

test('a file that was written again counts as new', async () => {
  const store = plainStore();
  const run = await begin(store, { keyPattern: '{val_loss}', maxToKeep: 2, ...weights });
  expect(await endEpochs(run, store, [1, 2, 3, 2, 4])).toEqual(['1', '1,2', '1,3', '1,2', '1,4']);
});

test('the best stays also if greater is better, and is not known without its log', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const store = plainStore();
  const rising = await begin(store, { keyPattern: 'e{epoch}', maxToKeep: 2, mode: 'max', ...weights });
  expect((await endEpochs(rising, store, [5, 1, 2])).at(-1)).toBe('e1,e3');
  await rising.trainer.settle();
  const other = plainStore();
  const run = await begin(other, { keyPattern: 'e{epoch}', maxToKeep: 2, monitor: 'val_acc', ...weights });
  expect((await endEpochs(run, other, [1, 2, 3])).at(-1)).toBe('e2,e3');
  expect(warn.mock.calls).toEqual([
    [expect.stringMatching(/"val_acc".*no checkpoint of such an epoch is the best/)],
  ]);
});

test('with a number as saveFreq keeps the newest, and the best if a log of batches is monitored', async () => {
  for (const [monitor, expected] of [
    [{}, 'b3,b4'],
    [{ monitor: 'loss' }, 'b2,b4'],
  ] as const) {
    const store = plainStore();
    const { callback } = await begin(store, {
      keyPattern: 'b{batch}',
      saveFreq: 1,
      maxToKeep: 2,
      ...weights,
      ...monitor,
    });
    expect(callback.batchLogs).toBe('monitor' in monitor);
    callback.onEpochBegin(0);
    for (const [batch, loss] of [3, 1, 2, 4].entries()) {
      callback.onTrainBatchBegin(batch);
      await callback.onTrainBatchEnd(batch, 'monitor' in monitor ? { loss } : {});
    }
    expect((await store.keys()).sort().join()).toBe(expected);
  }
  expect(() => {
    const callback = new ModelCheckpoint(plainStore(), { saveFreq: 1, maxToKeep: 2, monitor: 'val_loss' });
    callback.setModel(new FakeTrainer());
    void callback.onTrainBegin();
  }).toThrow(/KEEPFIT_INVALID_OPTION: .*"val_loss" at the end of batches/);
});

test('refuses a store that cannot delete, and what is no number of files', () => {
  const { delete: _, ...store } = plainStore();
  expect(() => new ModelCheckpoint(store as CheckpointStore, { maxToKeep: 2 })).toThrow(
    /KEEPFIT_INVALID_OPTION: maxToKeep of ModelCheckpoint needs a store that can delete/,
  );
  expect(() => new ModelCheckpoint(store as CheckpointStore)).not.toThrow();
  for (const maxToKeep of [0, 1.5, Infinity, '3'])
    expect(() => new ModelCheckpoint(plainStore(), { maxToKeep } as never)).toThrow(/KEEPFIT_INVALID_OPTION/);
});

test.each([
  ['files', [1, {}, [{}], [{ key: '../x', value: 1 }], [{ key: 'x', value: 'y' }], [{ key: 'x' }]]],
  ['runId', [1, null, {}]],
  ['keyPattern', [1, null]],
  ['pendingValue', ['1', {}]],
] as const)('refuses a state with other %s, and takes one from before there were any', (entry, values) => {
  const callback = new ModelCheckpoint(plainStore(), { maxToKeep: 2 });
  callback.setModel(new FakeTrainer());
  const before = callback.getState();
  const valid = { best: null, batchesSinceSave: 1, saves: 2, pendingKey: null };
  for (const value of values)
    expect(() => callback.setState({ ...valid, [entry]: value } as unknown as StateRecord)).toThrow(
      /KEEPFIT_CHECKPOINT_CORRUPT/,
    );
  expect(callback.getState()).toEqual(before);
  callback.setState(valid);
  expect(callback.getState()).toEqual({ ...before, ...valid });
});

describe('two trainings that write the same keys', () => {
  test.each([
    ['of one pattern', { keyPattern: 'e{epoch:02d}' }, { keyPattern: 'e{batch}', saveFreq: 2 }],
    ['of one key', { keyPattern: 'best' }, { keyPattern: 'best' }],
  ])('are noticed when the second begins: %s', async (_name, first, second) => {
    for (const store of [plainStore(), mapStore()]) {
      const { trainer } = await begin(store, first);
      await expect(begin(store, second)).rejects.toMatchObject({
        code: 'KEEPFIT_STORE_LOCKED',
        message: expect.stringContaining(`the keys of ModelCheckpoint, "${second.keyPattern}"`),
      });
      await begin(store, { keyPattern: 'other-{epoch}' });
      await trainer.settle();
      await (await begin(store, second)).trainer.settle();
    }
  });

  test('are noticed if the other one is a backup', async () => {
    const store = plainStore();
    await begin(store, { keyPattern: 'best' });
    const backup = new BackupAndRestore(store, { name: 'best' });
    backup.setModel(new FakeTrainer());
    await expect(backup.onTrainBegin()).rejects.toMatchObject({ code: 'KEEPFIT_STORE_LOCKED' });
  });

  test('are noticed by the version, without locks', async () => {
    const { lock: _, ...inner } = plainStore();
    const store = { ...inner, supports: { ...inner.supports, locking: false } };
    const run = await begin(store, { keyPattern: 'best', ...weights });
    await endEpochs(run, store, [1]);
    await store.delete('best');
    await endEpochs(run, store, [1], 1);
    await inner.set('best', createContent(new Uint8Array(3)));
    await expect(endEpochs(run, store, [1], 2)).rejects.toMatchObject({
      code: 'KEEPFIT_STORE_CONFLICT',
      message: expect.stringContaining('another program has replaced the model "best"'),
    });
    expect((await store.get('best'))?.bytes.length).toBe(3);
  });
});

test('after its lock is lost the training ends at the next boundary, and writes and deletes nothing more', async () => {
  const lost = new AbortController();
  const release = vi.fn(async () => undefined);
  const faulty = faultyStore(plainStore());
  const store = { ...faulty, lock: async () => ({ release, lost: lost.signal }) };
  const { callback, trainer } = await begin(store, { keyPattern: 'e{epoch}', maxToKeep: 1, ...weights });
  await endEpochs({ callback, trainer }, store, [1]);
  const calls = faulty.calls.length;
  lost.abort();
  const conflict = expect.objectContaining({
    code: 'KEEPFIT_STORE_CONFLICT',
    message: expect.stringContaining('has lost the lock of the keys of ModelCheckpoint, "e{epoch}"'),
  });
  expect(() => callback.onTrainBatchBegin(0)).toThrow(conflict);
  await expect(callback.onTrainBatchEnd(0, {})).rejects.toEqual(conflict);
  await expect(callback.onEpochEnd(1, {})).rejects.toEqual(conflict);
  expect(() => callback.onTrainEnd()).toThrow(conflict);
  await trainer.settle();
  expect([faulty.calls.length, release.mock.calls.length]).toEqual([calls, 1]);
  expect(trainer.heldCaptures).toBe(0);
});
