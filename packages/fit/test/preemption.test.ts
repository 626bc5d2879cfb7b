import { cpuBackend } from '@keepfit/backend-cpu';
import {
  BackupAndRestore,
  type CallbackHooks,
  type CheckpointStore,
  type HookName,
} from '@keepfit/callbacks';
import { faultyStore } from '@keepfit/callbacks/testing';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';
import { callsFrom, comparable } from './helpers/record-hooks.js';
import { recordSteps, storedProgress, storedTraining } from './helpers/stored.js';
import { type Ended, trainPlain } from './helpers/train-plain.js';

let uninterrupted: Ended;

beforeAll(async () => {
  await useBackend(cpuBackend());
  uninterrupted = await trainPlain();
});

/** Aborts in the hook's so many-th call. */
function abortAt(hook: HookName, call: number): { controller: AbortController; callback: CallbackHooks } {
  const controller = new AbortController();
  let calls = 0;
  return {
    controller,
    callback: { batchLogs: false, [hook]: () => void (++calls === call && controller.abort()) },
  };
}

async function interrupted(
  store: CheckpointStore,
  hook: HookName,
  call: number,
): Promise<Error & { readonly code?: string }> {
  const { controller, callback } = abortAt(hook, call);
  const backup = new BackupAndRestore(store, { preemption: controller.signal });
  return caught(trainPlain({ before: [callback, backup] }));
}

describe.each([
  ['onTrainBegin', 1, { epoch: 0, batch: 1, step: 1 }],
  ['onEpochBegin', 2, { epoch: 1, batch: 1, step: 5 }],
  ['onTrainBatchBegin', 6, { epoch: 1, batch: 2, step: 6 }],
  ['onTrainBatchEnd', 6, { epoch: 1, batch: 2, step: 6 }],
  ['onTrainBatchEnd', 8, { epoch: 1, batch: 4, step: 8 }],
  ['onTestBatchBegin', 3, { epoch: 1, batch: 4, step: 8 }],
  ['onTestBatchEnd', 3, { epoch: 1, batch: 4, step: 8 }],
  ['onTestBatchEnd', 4, { epoch: 1, batch: 4, step: 8 }],
  ['onTestEnd', 2, { epoch: 2, batch: 0, step: 8 }],
  ['onEpochEnd', 2, { epoch: 2, batch: 0, step: 8 }],
] as const)('an abort in %s number %i', (hook, call, place) => {
  test('rejects with KEEPFIT_INTERRUPTED, backed up at the next boundary, and the next fit continues exactly', async () => {
    const store = memoryStore();
    const error = await interrupted(store, hook, call);
    expect(error.code).toBe('KEEPFIT_INTERRUPTED');
    const saved = await storedProgress(store);
    expect(saved).toMatchObject(place);
    const { proof, whole, calls } = await trainPlain({ init: 99, before: [new BackupAndRestore(store)] });
    expect(comparable(calls)).toEqual(comparable(callsFrom(uninterrupted.calls, saved)));
    expect(proof).toEqual(uninterrupted.proof);
    expect(whole.history).toEqual(uninterrupted.whole.history);
  });
});

test('an abort at the end of the last epoch leaves a finished run, which the next fit completes', async () => {
  const store = memoryStore();
  const error = await interrupted(store, 'onEpochEnd', 3);
  expect(error.code).toBe('KEEPFIT_INTERRUPTED');
  expect(await storedProgress(store)).toMatchObject({ epoch: 3, batch: 0, step: 12 });
  const { proof, whole, calls } = await trainPlain({ init: 99, before: [new BackupAndRestore(store)] });
  expect(calls.map(([hook]) => hook)).toEqual(['onTrainBegin', 'onTrainEnd']);
  expect(proof).toEqual(uninterrupted.proof);
  expect(whole.history).toEqual(uninterrupted.whole.history);
});

test('a callback that counts in a typed array is interrupted within validation as it was before it', async () => {
  const store = memoryStore();
  await interrupted(store, 'onTestBatchEnd', 3);
  const states = (await storedTraining(store)).state['callbacks'] as readonly {
    name: string;
    state: { counts: Float32Array };
  }[];
  // Two test batches of epoch 0; those of epoch 1 come again.
  expect(states.find(({ name }) => name === 'countHooks')?.state.counts[2]).toBe(2);
});

test('a signal that is aborted before fit begins stops it after one batch, each time', async () => {
  const store = memoryStore();
  const preemption = AbortSignal.abort();
  for (let step = 1; step <= 3; step++) {
    const error = await caught(
      trainPlain({ init: step, before: [new BackupAndRestore(store, { preemption })] }),
    );
    expect(error.code).toBe('KEEPFIT_INTERRUPTED');
    expect(await storedProgress(store)).toMatchObject({ step });
  }
  const { proof } = await trainPlain({ init: 99, before: [new BackupAndRestore(store)] });
  expect(proof).toEqual(uninterrupted.proof);
});

test('an interruption says where it was', async () => {
  const error = await interrupted(memoryStore(), 'onTrainBatchEnd', 6);
  expect(error.message).toContain('epoch 2 after batch 2');
});

test('a backup that is in flight when the signal comes is waited for, and the last one comes after it', async () => {
  const store = faultyStore(memoryStore());
  const held = store.hold({ operation: 'set', call: 2 });
  const { controller, callback } = abortAt('onTrainBatchEnd', 3);
  const running = caught(
    trainPlain({
      before: [callback, new BackupAndRestore(store, { saveFreq: 2, preemption: controller.signal })],
    }),
  );
  await held.reached;
  held.release();
  expect((await running).code).toBe('KEEPFIT_INTERRUPTED');
  expect(await storedProgress(store)).toMatchObject({ step: 3 });
});

test('a last backup that fails rejects with the error of the store, not with KEEPFIT_INTERRUPTED', async () => {
  const store = faultyStore(memoryStore(), [{ operation: 'set', call: 2 }]);
  const error = await interrupted(store, 'onTrainBatchEnd', 3);
  expect(error.code).toBe('KEEPFIT_STORE_FAILED');
  expect(await storedProgress(store)).toMatchObject({ step: 0 });
});

test('the counter of saveFreq starts anew at an interruption', async () => {
  const store = memoryStore();
  const { controller, callback } = abortAt('onTrainBatchEnd', 2);
  await caught(
    trainPlain({
      before: [callback, new BackupAndRestore(store, { saveFreq: 3, preemption: controller.signal })],
    }),
  );
  const resumed = recordSteps(store);
  await trainPlain({ before: [new BackupAndRestore(resumed.store, { saveFreq: 3 })] });
  expect(resumed.steps).toEqual([5, 8, 11]);
});
