import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks, type TrainerView } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { tidy, zeros } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { caught } from './helpers/caught.js';
import { countHooks } from './helpers/stateful-callbacks.js';
import { storedTraining } from './helpers/stored.js';
import { throwAt } from './helpers/throw-at.js';
import { plainTrainer, trainPlain } from './helpers/train-plain.js';

beforeAll(() => useBackend(cpuBackend()));
afterEach(() => vi.restoreAllMocks());

const crash = () => throwAt({ hook: 'onTrainBatchEnd', call: 6 });

test('each of several callbacks of one name gets its own state back', async () => {
  const counters = () => [countHooks('counter'), countHooks('counter')] as const;
  const skewed = (pair: readonly CallbackHooks[]): CallbackHooks[] => [
    pair[0]!,
    { onTrainBatchEnd: () => void pair[1]!.onTestBatchEnd?.(0, { loss: 0 }) },
    pair[1]!,
  ];
  const expected = counters();
  await trainPlain({ before: skewed(expected) });

  const store = memoryStore();
  await caught(
    trainPlain({ before: [new BackupAndRestore(store, { saveFreq: 1 }), ...skewed(counters()), crash()] }),
  );
  const resumed = counters();
  await trainPlain({ init: 99, before: [new BackupAndRestore(store, { saveFreq: 1 }), ...skewed(resumed)] });
  expect(resumed.map(({ counts }) => counts)).toEqual(expected.map(({ counts }) => counts));
  expect(resumed[0].counts).not.toEqual(resumed[1].counts);
});

test('the name of a callback in a checkpoint cannot steer the terminal', async () => {
  const store = memoryStore();
  const hostile = countHooks('gu\x1b[2Jest\u202e\nkeepfit: all is well');
  await caught(
    trainPlain({ before: [new BackupAndRestore(store, { saveFreq: 1 })], after: [hostile, crash()] }),
  );
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  await caught(
    trainPlain({
      before: [new BackupAndRestore(store), throwAt({ hook: 'onTrainBatchBegin', call: 1 })],
    }),
  );
  expect(warn.mock.calls[0]![0]).toMatch(
    /not in the list: gu\\u001b\[2Jest\\u202e\\u000akeepfit: all is well\./,
  );
});

test('a state without its owner is warned about, and kept until its owner is back', async () => {
  const uninterrupted = await trainPlain({ after: [countHooks('guest')] });
  const store = memoryStore();
  await caught(
    trainPlain({
      before: [new BackupAndRestore(store, { saveFreq: 1 })],
      after: [countHooks('guest'), crash()],
    }),
  );
  const saved = guestState(await storedTraining(store));
  expect(saved).toMatchObject({ name: 'guest', ordinal: 0 });

  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const without = [
    new BackupAndRestore(store, { saveFreq: 1 }),
    throwAt({ hook: 'onTrainBatchBegin', call: 1 }),
  ];
  await caught(trainPlain({ before: without }));
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]![0]).toMatch(/callbacks that are not in the list: guest\./);
  await caught(
    trainPlain({
      before: [new BackupAndRestore(store, { saveFreq: 1 }), throwAt({ hook: 'onTrainBatchEnd', call: 1 })],
    }),
  );
  expect(guestState(await storedTraining(store))).toEqual(saved);

  warn.mockClear();
  const { proof } = await trainPlain({
    before: [new BackupAndRestore(store, { saveFreq: 1 })],
    after: [countHooks('guest')],
  });
  expect(proof).toEqual(uninterrupted.proof);
  expect(warn).not.toHaveBeenCalled();
});

test('a callback that was not there before starts fresh', async () => {
  const store = memoryStore();
  await caught(trainPlain({ before: [new BackupAndRestore(store, { saveFreq: 1 }), crash()] }));
  const setState = vi.fn();
  const newcomer = { ...countHooks('newcomer'), setState };
  await trainPlain({ before: [new BackupAndRestore(store, { saveFreq: 1 }), newcomer] });
  expect(setState).not.toHaveBeenCalled();
});

test('states are given back once: after onEpochBegin within an epoch, after onTrainBegin between two', async () => {
  for (const [saveFreq, expected] of [
    [1, ['onTrainBegin', 'onEpochBegin', 'setState', 'onTrainBatchBegin']],
    ['epoch', ['onTrainBegin', 'setState', 'onEpochBegin', 'onTrainBatchBegin']],
  ] as const) {
    const store = memoryStore();
    const seen: string[] = [];
    const note = (name: string) => () => void seen.push(name);
    const watcher = (): CallbackHooks => ({
      name: 'watcher',
      getState: () => ({}),
      setState: note('setState'),
      onTrainBegin: note('onTrainBegin'),
      onEpochBegin: note('onEpochBegin'),
      onTrainBatchBegin: note('onTrainBatchBegin'),
    });
    await caught(trainPlain({ before: [watcher(), new BackupAndRestore(store, { saveFreq }), crash()] }));
    seen.length = 0;
    await caught(
      trainPlain({
        before: [
          watcher(),
          new BackupAndRestore(store, { saveFreq }),
          throwAt({ hook: 'onTrainBatchBegin', call: 1 }),
        ],
      }),
    );
    expect(seen).toEqual(expected);
  }
});

test('what callbacks change at their beginnings is not applied twice: rate, weights and a stop are as saved', async () => {
  const uninterrupted = await trainPlain();
  const store = memoryStore();
  await caught(trainPlain({ before: [new BackupAndRestore(store, { saveFreq: 1 }), crash()] }));
  const trainer = plainTrainer({ init: 99 });
  let model: TrainerView | undefined;
  const meddle = (): void => {
    model!.learningRate = 17;
    model!.stopTraining = true;
    const { variable } = trainer.model.weights[1]!;
    tidy(() => variable.assign(zeros(variable.shape)));
  };
  const meddler: CallbackHooks = {
    setModel: (view) => void (model = view),
    onTrainBegin: meddle,
    onEpochBegin: (epoch) => void (epoch === 1 && meddle()),
  };
  const { proof } = await trainPlain(
    { before: [meddler, new BackupAndRestore(store, { saveFreq: 1 })] },
    trainer,
  );
  expect(proof).toEqual(uninterrupted.proof);
});

test('the hooks of a resumed fit see the restored model from the beginning, wherever BackupAndRestore stands', async () => {
  const store = memoryStore();
  await caught(trainPlain({ before: [new BackupAndRestore(store, { saveFreq: 1 }), crash()] }));
  const saved = (await storedTraining(store)).tensors.get('weights/kernel1')!.bytes;
  const trainer = plainTrainer({ init: 99 });
  let seen: Uint8Array | undefined;
  const look: CallbackHooks = {
    onTrainBegin: async () => {
      const values = await trainer.model.weights[0]!.variable.data();
      seen = new Uint8Array(values.slice().buffer);
    },
  };
  await trainPlain({ before: [look], after: [new BackupAndRestore(store, { saveFreq: 1 })] }, trainer);
  expect(seen).toEqual(new Uint8Array(saved));
});

function guestState({ state }: Awaited<ReturnType<typeof storedTraining>>): unknown {
  return (state['callbacks'] as readonly { name: string }[]).find(({ name }) => name === 'guest');
}
