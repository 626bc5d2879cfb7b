import { cpuBackend } from '@keepfit/backend-cpu';
import {
  BackupAndRestore,
  type BackupAndRestoreOptions,
  type CallbackHooks,
  type CheckpointStore,
} from '@keepfit/callbacks';
import { faultyStore } from '@keepfit/callbacks/testing';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { beforeAll, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';
import { batchClock } from './helpers/batch-clock.js';
import { recordSteps, storedProgress, storedTraining } from './helpers/stored.js';
import { throwAt } from './helpers/throw-at.js';
import { BATCHES, type Ended, EPOCHS, TEST_BATCHES, trainPlain } from './helpers/train-plain.js';

let uninterrupted: Ended;

beforeAll(async () => {
  await useBackend(cpuBackend());
  uninterrupted = await trainPlain();
});

/** Backups by the time, and the callback that lets it pass: 100 s a train batch and 10 s a test batch. */
function byTime(
  store: CheckpointStore,
  seconds: number,
  options: BackupAndRestoreOptions = {},
): readonly CallbackHooks[] {
  const { now, passTime } = batchClock();
  return [passTime, new BackupAndRestore(store, { saveFreq: { seconds }, now, ...options })];
}

test.each([
  ['at the batch that fills the time', 300, [0, 3, 6, 9, 12]],
  ['at the first batch after it, across epochs, validation counted', 320, [0, 4, 7, 10]],
  ['at the end of an epoch whose validation filled it', 410, [0, 4, 8, 12]],
  ['once, for one that training does not last', 1e6, [0]],
  [
    'at each batch and epoch, for one that is shorter',
    0.5,
    [0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 8, 9, 10, 11, 12, 12],
  ],
])('backs up %s', async (_when, seconds, expected) => {
  const { store, steps } = recordSteps(memoryStore());
  const { proof } = await trainPlain({ before: byTime(store, seconds) });
  expect(steps).toEqual(expected);
  expect(proof).toEqual(uninterrupted.proof);
});

test('with several batches an execution it backs up between executions', async () => {
  const { store, steps } = recordSteps(memoryStore());
  await trainPlain({ before: byTime(store, 300), trainer: { stepsPerExecution: 2 } });
  expect(steps).toEqual([0, 6, 12]);
});

/** Time passes in hooks that run after those of the backup, and before its capture. */
function byLateTime(store: CheckpointStore, options: BackupAndRestoreOptions): readonly CallbackHooks[] {
  const { now, passTimeLate } = batchClock();
  return [new BackupAndRestore(store, { saveFreq: { seconds: 320 }, now, ...options }), passTimeLate];
}

test.each([
  ['onTrainBatchEnd', EPOCHS * BATCHES],
  ['onTestBatchEnd', EPOCHS * TEST_BATCHES],
  ['onEpochEnd', EPOCHS],
] as const)(
  'a crash in any call of %s ends as if nothing had happened: same backups, same time since the last',
  async (hook, calls) => {
    const withBackups = (store: CheckpointStore) =>
      hook === 'onTrainBatchEnd'
        ? byLateTime(store, { deleteCheckpoint: false })
        : byTime(store, 320, { deleteCheckpoint: false });
    const whole = recordSteps(memoryStore());
    // With recorded steps, the newest checkpoint may be copied at the end.
    const options = { replay: false };
    await trainPlain({ before: withBackups(whole.store), options });
    for (let call = 1; call <= calls; call++) {
      const { store, steps } = recordSteps(memoryStore());
      await caught(trainPlain({ before: withBackups(store), after: [throwAt({ hook, call })], options }));
      const { proof } = await trainPlain({ init: 99, before: withBackups(store), options });
      expect(proof, `${hook} ${call}`).toEqual(uninterrupted.proof);
      expect(steps, `${hook} ${call}`).toEqual(whole.steps);
      expect(await storedStates(store), `${hook} ${call}`).toEqual(await storedStates(whole.store));
    }
  },
);

test('of two in different stores each counts on from its own last backup', async () => {
  const often = memoryStore();
  const first = recordSteps(memoryStore());
  const both = (store: CheckpointStore) => [
    ...byTime(store, 300),
    new BackupAndRestore(often, { saveFreq: 7 }),
  ];
  await caught(
    trainPlain({ before: both(first.store), after: [throwAt({ hook: 'onTrainBatchEnd', call: 8 })] }),
  );
  expect(first.steps).toEqual([0, 3, 6]);
  expect(await storedProgress(often)).toMatchObject({ step: 7 });
  // It continues with step 7, one batch after its own last backup, and not from its own state of step 6.
  expect(await storedStates(often)).toContainEqual(
    expect.objectContaining({ state: { batchesSinceBackup: 1, msSinceBackup: 100_000, hasUnsaved: true } }),
  );
  const second = recordSteps(first.store);
  const { proof } = await trainPlain({ init: 99, before: both(second.store) });
  expect(second.steps).toEqual([9, 12]);
  expect(proof).toEqual(uninterrupted.proof);
});

test('a due one waits for the one in flight, and the next counts from its capture', async () => {
  const recorded = recordSteps(memoryStore());
  const store = faultyStore(recorded.store);
  const held = store.hold({ operation: 'set', call: 2 });
  const running = trainPlain({ before: byTime(store, 300) });
  await held.reached;
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(recorded.steps).toEqual([0]);
  held.release();
  await running;
  expect(recorded.steps).toEqual([0, 3, 6, 9, 12]);
});

test('with doubleCheckpoint the two keys take turns', async () => {
  const store = memoryStore();
  const double = () => byTime(store, 300, { doubleCheckpoint: true });
  await caught(trainPlain({ before: double(), after: [throwAt({ hook: 'onTrainBatchEnd', call: 10 })] }));
  const steps = [await storedProgress(store, 'backup'), await storedProgress(store, 'backup.2')];
  expect(steps).toMatchObject([{ step: 6 }, { step: 9 }]);
  expect((await trainPlain({ init: 99, before: double() })).proof).toEqual(uninterrupted.proof);
});

test('the time starts from 0 at a backup for another reason', async () => {
  const controller = new AbortController();
  const store = memoryStore();
  const abort: CallbackHooks = {
    batchLogs: false,
    onTrainBatchEnd: (batch) => void (batch === 1 && controller.abort()),
  };
  const { code } = await caught(
    trainPlain({ before: [abort, ...byTime(store, 300, { preemption: controller.signal })] }),
  );
  expect(code).toBe('KEEPFIT_INTERRUPTED');
  const resumed = recordSteps(store);
  await trainPlain({ init: 99, before: byTime(resumed.store, 300) });
  expect(resumed.steps).toEqual([5, 8, 11]);
});

test('a checkpoint of another saveFreq is continued, and the time starts with it', async () => {
  const store = memoryStore();
  const crash = throwAt({ hook: 'onTrainBatchEnd', call: 3 });
  await caught(trainPlain({ before: [new BackupAndRestore(store, { saveFreq: 2 }), crash] }));
  const resumed = recordSteps(store);
  const { proof } = await trainPlain({ init: 99, before: byTime(resumed.store, 300) });
  expect(resumed.steps).toEqual([5, 8, 11]);
  expect(proof).toEqual(uninterrupted.proof);
});

async function storedStates(store: CheckpointStore): Promise<readonly { state: unknown }[]> {
  const { state } = await storedTraining(store);
  return state['callbacks'] as unknown as { state: unknown }[];
}
