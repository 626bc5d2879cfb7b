import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks, EarlyStopping, SwapEMAWeights } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { adam } from '@keepfit/optimizers';
import { memoryStore } from '@keepfit/store-memory';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from '../helpers/caught.js';
import { copyOf } from '../helpers/stored.js';
import { throwAt } from '../helpers/throw-at.js';
import { type Ended, plainTrainer, trainPlain } from '../helpers/train-plain.js';
import { weightsOf } from '../helpers/weights-of.js';

const EMA = { useEma: true, emaMomentum: 0.8 } as const;
const options = { epochs: 2 };
const make = (ema: object = EMA) => ({ optimizer: adam({ learningRate: 0.05, ...ema }) });
/** Trains a fresh model with an average. */
const train = (run: Parameters<typeof trainPlain>[0] = {}) =>
  trainPlain({ options, trainer: make(), ...run });

let whole: Ended;
let longer: Ended;

beforeAll(async () => {
  await useBackend(cpuBackend());
  whole = await train();
  longer = await train({ options: { epochs: 4 } });
});

/** The tensors of a proof whose names begin so, without that. */
function select({ proof }: Ended, prefix: string): Record<string, string> {
  const found = Object.entries(proof.tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(found.map(([name, values]) => [name.slice(prefix.length), values]));
}

const TRAINED = ['kernel1', 'bias1', 'kernel2', 'bias2'];

test('the model ends with the averages, and everything before is as without them', async () => {
  const [plain, final] = [await trainPlain({ options, trainer: make({}) }), select(whole, 'final weights/')];
  const averages = select(whole, 'optimizer/average/');
  for (const name of TRAINED) expect(final[name]).toBe(averages[name]);
  for (const name of ['runningMean', 'calls']) expect(final[name]).toBe(select(plain, 'weights/')[name]);
  expect(final).not.toEqual(select(whole, 'weights/'));
  expect(select(whole, 'weights/')).toEqual(select(plain, 'weights/'));
  // Validation uses the trained weights, as in Keras.
  expect(whole.whole.history).toEqual(plain.whole.history);
});

describe('a run that is ended and called again ends as if nothing had happened', () => {
  test.each(['epoch', 3] as const)('by an error or a kill around the end, saveFreq %s', async (saveFreq) => {
    for (const crash of [
      { hook: 'onTrainBatchEnd', call: 8 },
      { hook: 'onEpochEnd', call: 2 },
      { hook: 'onTrainEnd', call: 1 },
    ] as const) {
      const store = memoryStore();
      const backup = () => new BackupAndRestore(store, { saveFreq, deleteCheckpoint: false });
      let killed = memoryStore();
      const kill: CallbackHooks = {
        batchLogs: false,
        [crash.hook]: async () => void (killed = (await copyOf(store)) as typeof killed),
      };
      await caught(train({ before: [kill, backup()], after: [throwAt(crash)] }));
      for (const left of [store, killed]) {
        const again = await train({
          init: 99,
          before: [new BackupAndRestore(left, { saveFreq, deleteCheckpoint: false })],
        });
        expect(again.proof).toEqual(whole.proof);
        expect(again.whole.history).toEqual(whole.whole.history);
      }
    }
  });

  test.each(['epoch', 3] as const)(
    'after it has ended, and with more epochs, saveFreq %s',
    async (saveFreq) => {
      const store = memoryStore();
      const backup = () => new BackupAndRestore(store, { saveFreq, deleteCheckpoint: false });
      await train({ before: [backup()] });
      for (let time = 0; time < 2; time++) {
        const again = await train({ init: 99, before: [backup()] });
        expect(again.returned.epoch).toEqual([]);
        expect(again.proof).toEqual(whole.proof);
      }
      const more = await train({ init: 98, options: { epochs: 4 }, before: [backup()] });
      expect(more.returned.epoch).toEqual([2, 3]);
      expect(more.proof).toEqual(longer.proof);
      expect(more.whole.history).toEqual(longer.whole.history);
    },
  );
});

test('an early stop finalizes too, and best weights have the last word, as in Keras', async () => {
  const early = { monitor: 'val_loss', mode: 'max', patience: 1 } as const;
  const stopped = await train({ options: { epochs: 8 }, before: [new EarlyStopping(early)] });
  expect(stopped.returned.epoch.length).toBeLessThan(8);
  const final = select(stopped, 'final weights/');
  for (const name of TRAINED) expect(final[name]).toBe(select(stopped, 'optimizer/average/')[name]);
  const store = memoryStore();
  const backup = () => new BackupAndRestore(store, { saveFreq: 3, deleteCheckpoint: false });
  const best = () => new EarlyStopping({ ...early, restoreBestWeights: true });
  const restored = await train({ options: { epochs: 8 }, before: [best(), backup()] });
  expect(select(restored, 'weights/')).toEqual(select(stopped, 'weights/'));
  expect(select(restored, 'final weights/')).not.toEqual(final);
  const again = await train({ init: 99, options: { epochs: 8 }, before: [best(), backup()] });
  expect(again.proof.tensors).toEqual(restored.proof.tensors);
});

test.each(['onTrainEnd', 'preemption'] as const)(
  'a fit that is ended by %s keeps the trained weights',
  async (end) => {
    const fail = async (ema: object): Promise<unknown> => {
      const trainer = plainTrainer({ trainer: make(ema) });
      const { signal, abort } = createPreemption();
      const callback =
        end === 'preemption' ? { batchLogs: false, onTrainBatchEnd: abort } : throwAt({ hook: end, call: 1 });
      const backup = new BackupAndRestore(memoryStore(), { preemption: signal });
      await caught(trainPlain({ options, before: [callback, backup] }, trainer));
      return weightsOf(trainer);
    };
    expect(await fail(EMA)).toEqual(await fail({}));
  },
);

test('no epoch left and no step made: the weights stay', async () => {
  const trainer = plainTrainer({ trainer: make() });
  const before = weightsOf(trainer);
  await trainPlain({ options: { epochs: 1, initialEpoch: 1 } }, trainer);
  expect(weightsOf(trainer)).toEqual(before);
});

test('a second fit continues from the averages', async () => {
  const trainer = plainTrainer({ trainer: make() });
  await trainPlain({ options: { epochs: 1 } }, trainer);
  const averages = weightsOf(trainer);
  let first: unknown;
  const look = { batchLogs: false, onTrainBegin: () => void (first = weightsOf(trainer)) };
  await trainPlain({ options: { epochs: 1 }, before: [look] }, trainer);
  expect(first).toEqual(averages);
});

describe('SwapEMAWeights uses the average of the optimizer', () => {
  test.each([false, true])(
    'in validations, and a crash changes nothing, swapOnEpoch %s',
    async (swapOnEpoch) => {
      const swap = () => new SwapEMAWeights({ swapOnEpoch });
      const own = await trainPlain({
        options,
        trainer: make({}),
        before: [new SwapEMAWeights({ swapOnEpoch, momentum: 0.8 })],
      });
      const swapped = await train({ before: [swap()] });
      // The average of the optimizer is computed in another order: close, not equal.
      own.whole.history['val_loss']!.forEach((loss, epoch) =>
        expect(swapped.whole.history['val_loss']![epoch]).toBeCloseTo(loss, 5),
      );
      expect(swapped.whole.history['val_loss']).not.toEqual(whole.whole.history['val_loss']);
      expect(swapped.whole.history['loss']).toEqual(whole.whole.history['loss']);
      expect(select(swapped, 'final weights/')).toEqual(select(whole, 'final weights/'));
      for (const crash of [
        { hook: 'onTestEnd', call: 1 },
        { hook: 'onTrainBatchEnd', call: 6 },
        { hook: 'onTrainEnd', call: 1 },
      ] as const) {
        const store = memoryStore();
        const backup = () => new BackupAndRestore(store, { saveFreq: crash.call === 6 ? 1 : 'epoch' });
        await caught(train({ before: [swap(), backup(), throwAt(crash)] }));
        const resumed = await train({ init: 99, before: [swap(), backup()] });
        expect(resumed.proof, JSON.stringify(crash)).toEqual(swapped.proof);
        expect(resumed.whole.history).toEqual(swapped.whole.history);
      }
    },
  );

  test('a momentum beside it is refused before the first step', async () => {
    const error = await caught(train({ before: [new SwapEMAWeights({ momentum: 0.9 })] }));
    expect(error.message).toMatch(/SwapEMAWeights has momentum 0\.9, but the optimizer Adam has useEma/);
  });
});

function createPreemption(): { readonly signal: AbortSignal; abort(): void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
