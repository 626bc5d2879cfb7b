import { afterEach, expect, test, vi } from 'vitest';
import { EarlyStopping, type EarlyStoppingOptions } from '../../src/callbacks/early-stopping.js';
import { FakeTrainer } from '../fake-trainer.js';

afterEach(() => void vi.restoreAllMocks());

function begin(options: EarlyStoppingOptions) {
  const callback = new EarlyStopping(options);
  const trainer = new FakeTrainer();
  callback.setModel(trainer);
  callback.onTrainBegin();
  const train = (losses: readonly number[], from = 0) => {
    for (const [index, loss] of losses.entries()) {
      if (trainer.stopTraining) return;
      trainer.weight = from + index + 1;
      callback.onEpochEnd(from + index, { loss });
    }
  };
  return { callback, trainer, train };
}

type Started = ReturnType<typeof begin>;

const losses = [5, 4, 3, 6, 2.5, 7, 8, 9, 1];
const options = { monitor: 'loss', patience: 3, restoreBestWeights: true };

test('stops after patience and puts the best weights back', async () => {
  const { callback, trainer, train } = begin(options);
  train(losses);
  await callback.onTrainEnd();
  expect(callback).toMatchObject({ stoppedEpoch: 7, bestEpoch: 4, wait: 3, best: 2.5 });
  expect(trainer.weight).toBe(5);
});

test('puts the best weights back also where training was not stopped', async () => {
  const { callback, trainer, train } = begin({ ...options, patience: 10 });
  train([2, 1, 3]);
  await callback.onTrainEnd();
  expect(trainer.weight).toBe(2);
});

test('leaves the weights alone unless told to restore', async () => {
  const { callback, trainer, train } = begin({ monitor: 'loss', patience: 1 });
  train([1, 2, 3]);
  await callback.onTrainEnd();
  expect([trainer.weight, trainer.heldCaptures]).toEqual([2, 0]);
});

test('holds one set of weights, and none when fit settles, either way', async () => {
  const { trainer, train } = begin(options);
  train(losses.slice(0, 4));
  expect(trainer.heldCaptures).toBe(1);
  await trainer.settle();
  expect(trainer.heldCaptures).toBe(0);
});

test('forgets the last training when it begins another', async () => {
  const { callback, trainer, train } = begin(options);
  train(losses);
  callback.onTrainBegin();
  expect(callback).toMatchObject({ stoppedEpoch: 0, bestEpoch: 0, wait: 0, best: undefined });
  expect(trainer.heldCaptures).toBe(0);
});

for (let epoch = 0; epoch <= 8; epoch += 1) {
  test(`resumed after epoch ${epoch} stops at the same epoch with the same weights`, async () => {
    const killed = begin(options);
    killed.train(losses.slice(0, epoch));
    const resumed = begin(options);
    resumed.trainer.stopTraining = killed.trainer.stopTraining;
    resumed.callback.setState(killed.callback.getState());
    await killed.trainer.settle();
    resumed.train(losses.slice(epoch), epoch);
    await resumed.callback.onTrainEnd();
    expect(resumed.callback).toMatchObject({ stoppedEpoch: 7, bestEpoch: 4, wait: 3, best: 2.5 });
    expect(resumed.trainer.weight).toBe(5);
    await resumed.trainer.settle();
    expect([killed.trainer.heldCaptures, resumed.trainer.heldCaptures]).toEqual([0, 0]);
  });
}

/** The epoch after which Keras 3.15 stops; undefined if it does not. */
test('takes over no best value without the weights of its epoch', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const [first, second, third] = [{}, options, { ...options, restoreBestWeights: false }].map((given) =>
    begin({ ...options, restoreBestWeights: false, ...given }),
  ) as [Started, Started, Started];
  first.train([1, 5]);
  second.callback.setState(first.callback.getState());
  expect(warn.mock.calls).toEqual([
    [expect.stringMatching(/kept no weights.*restoreBestWeights: .*begin from scratch/)],
  ]);
  second.train([4, 9], 2);
  await second.callback.onTrainEnd();
  expect([second.callback.bestEpoch, second.trainer.weight]).toEqual([2, 3]);
  third.callback.setState(second.callback.getState());
  expect(third.callback).toMatchObject({ best: 4, bestEpoch: 2, wait: 1 });
  expect(third.callback.getState()['bestWeights']).toBeNull();
  expect(warn).toHaveBeenCalledTimes(1);
});

const asInKeras: readonly [EarlyStoppingOptions, readonly number[], number | undefined][] = [
  [{ minDelta: -0.5, patience: 1 }, [5, 4.6, 3], 1],
  [{ minDelta: 0.5, patience: 1 }, [5, 4.6, 3], 1],
  [{ minDelta: -0.5, patience: 1, mode: 'max' }, [1, 1.4, 3], 1],
  [{ patience: 0 }, [3, 2, 2], 2],
  [{ patience: -3 }, [3, 2, 2], 2],
  [{ startFromEpoch: -2 }, [3, 3], 1],
  [{ startFromEpoch: 2 }, [3, 3, 4, 4], 3],
  [{ baseline: Infinity, patience: 1 }, [3, 2, 2], 2],
  [{ baseline: -Infinity, patience: 2 }, [3, 2, 1, 1], 3],
];

test.each(asInKeras)('with %o, stops after losses of %o as Keras does', (given, values, stop) => {
  const { callback, train } = begin({ monitor: 'loss', ...given });
  train(values);
  expect(callback.stoppedEpoch).toBe(stop);
});

test('takes no NaN for the best, and never stops after the first epoch', async () => {
  const { callback, train, trainer } = begin({ ...options, patience: 1 });
  train([NaN, 3, NaN, 2]);
  await callback.onTrainEnd();
  expect(callback).toMatchObject({ best: 3, bestEpoch: 1, stoppedEpoch: 2 });
  expect(trainer.weight).toBe(2);
  const other = begin({ monitor: 'loss' });
  other.train([NaN, 3]);
  expect(other.callback).toMatchObject({ best: 3, stoppedEpoch: 0 });
});

test('puts the first weights back if each value is NaN, as Keras does', async () => {
  const { callback, train, trainer } = begin({ ...options, patience: 2 });
  train([NaN, NaN, NaN]);
  await callback.onTrainEnd();
  expect([trainer.weight, callback.best, callback.bestEpoch]).toEqual([1, undefined, 0]);
});

test('says when it stopped and what it restored, with verbose 1', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const { callback, train } = begin({ ...options, verbose: 1 });
  train(losses);
  await callback.onTrainEnd();
  expect(log.mock.calls).toEqual([
    ['Epoch 8: early stopping'],
    ['Restoring the weights of the best epoch, 5'],
  ]);
});

test.each([
  [{ patience: NaN }],
  [{ patience: 1.5 }],
  [{ minDelta: '0.1' }],
  [{ minDelta: NaN }],
  [{ mode: 'up' }],
  [{ monitor: '' }],
  [{ baseline: '1' }],
  [{ restoreBestWeights: 1 }],
  [{ baseline: NaN }],
  [{ startFromEpoch: 0.5 }],
  [{ verbose: 3 }],
  [{ min_delta: 1 }],
])('refuses the options %o', (given) => {
  expect(() => new EarlyStopping(given as never)).toThrow(
    expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }),
  );
});
