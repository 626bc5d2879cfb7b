import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import { type BatchData, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { caught } from '../helpers/caught.js';
import { look } from '../helpers/look.js';
import {
  batches,
  endOf,
  linearTrainer,
  type Program,
  proveExact,
  rows,
  SAVE_FREQS,
  trainLinear,
} from '../helpers/train-linear.js';

beforeAll(() => useBackend(cpuBackend()));

/** The training data of a shuffle, and the rows before it. */
function data(): { training: BatchData; plain: BatchData } {
  const plain = rows(0, 16);
  return { training: batches(plain.shuffle(16, '11').batch(4)), plain: batches(plain.batch(4)) };
}

/** Evaluates and predicts data that are not shuffled: those that training shuffles, validates or repeats. */
function lookAt(...given: BatchData[]): CallbackHooks {
  return look(['onTrainBegin', 'onEpochBegin', 'onTrainBatchEnd', 'onTestBatchEnd'], async (model) => {
    for (const one of given) {
      await model.evaluate(one);
      await model.predict(one, { steps: 1 });
    }
  });
}

const programs: Readonly<Record<string, (isWatched: boolean) => Program>> = {
  'the rows that training shuffles': (isWatched) => (callbacks) => {
    const { training, plain } = data();
    return trainLinear(training, {
      validationData: batches(rows(16, 24).shuffle(8, '2').batch(4)),
      callbacks: [...(isWatched ? [lookAt(plain)] : []), ...callbacks],
    });
  },
  'the validation data, and training data that are not shuffled': (isWatched) => (callbacks) => {
    const [training, validationData] = [batches(rows(0, 16).batch(4)), batches(rows(16, 24).batch(4))];
    const watch = lookAt(training, validationData, (() => training) as BatchData);
    return trainLinear(training, {
      validationData,
      callbacks: [...(isWatched ? [watch] : []), ...callbacks],
    });
  },
};

describe.each(Object.entries(programs))('%s', (_name, program) => {
  test('may be evaluated and predicted: the training is the same with and without, and after a resume', async () => {
    const warn = vi.spyOn(console, 'warn');
    const [alone, watched] = [program(false), program(true)];
    const whole = await alone([]);
    expect(await watched([])).toEqual(whole);
    await proveExact(watched, [{ hook: 'onTrainBatchEnd', call: 6 }], SAVE_FREQS);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});

describe.each<[string, (training: BatchData) => BatchData]>([
  ['the training data themselves', (training) => training],
  ['a factory that gives the training data', (training) => (() => training) as BatchData],
  ['a dataset with a shuffle of its own', () => batches(rows(0, 8).shuffle(8, '3').batch(4))],
  ['rounds of a shuffle', () => batches(rows(0, 8).shuffle(8, '3').repeat(2).batch(4))],
  [
    'a shuffle that comes after other rows',
    () => batches(rows(0, 8).concatenate(rows(8, 16).shuffle(8, '3')).batch(4)),
  ],
  [
    'rounds of a shuffle that come after other rows',
    () => batches(rows(0, 8).concatenate(rows(8, 16).shuffle(8, '3').repeat(2)).batch(4)),
  ],
])('%s', (_name, choose) => {
  test.each(['evaluate', 'predict'] as const)(
    '%s refuses it, even if the hook catches the error',
    async (method) => {
      const { training } = data();
      const inHook: unknown[] = [];
      const callback = look(['onTrainBatchEnd'], async (model) => {
        inHook.push(await caught(model[method](choose(training))));
      });
      const error = await caught(trainLinear(training, { callbacks: [callback] }));
      expect(inHook).toEqual([error]);
      expect(error).toMatchObject({
        code: 'KEEPFIT_INVALID_DATA',
        message: expect.stringMatching(/dataset that is shuffled/),
      });
    },
  );
});

test('after a refusal, a new process continues exactly, and the same process finds out that it has drawn', async () => {
  const whole = await trainLinear(data().training, {});
  const { training } = data();
  const store = memoryStore();
  const backup = () => new BackupAndRestore(store, { saveFreq: 1 });
  let batch = 0;
  const callback = look(['onTrainBatchEnd'], async (model) => {
    batch += 1;
    if (batch === 6) await model.predict(training);
  });
  await caught(trainLinear(training, { callbacks: [backup(), callback] }));
  expect(await caught(trainLinear(training, { callbacks: [backup()] }))).toMatchObject({
    code: 'KEEPFIT_CHECKPOINT_MISMATCH',
  });
  expect(await trainLinear(data().training, { callbacks: [backup()] })).toEqual(whole);
});

test('outside a fit, shuffled data may be evaluated in a hook: nothing is trained there', async () => {
  const trainer = linearTrainer();
  const { training, plain } = data();
  const losses: unknown[] = [];
  const callback = look(
    ['onTestEnd'],
    async (model) => void losses.push((await model.evaluate(training))['loss']),
  );
  const { loss } = await trainer.evaluate(plain, { verbose: 0, callbacks: [callback] });
  expect(losses).toEqual([expect.closeTo(loss!, 5)]);
  expect(endOf(trainer)).toMatchObject({ history: {} });
});
