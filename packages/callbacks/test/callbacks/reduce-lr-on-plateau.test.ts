import { afterEach, expect, test, vi } from 'vitest';
import {
  ReduceLROnPlateau,
  type ReduceLROnPlateauOptions,
} from '../../src/callbacks/reduce-lr-on-plateau.js';
import { FakeTrainer } from '../fake-trainer.js';

afterEach(() => void vi.restoreAllMocks());

const options = { monitor: 'loss', factor: 0.5, patience: 2, cooldown: 2, minLr: 0.01 };
const losses = [3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1];

function begin(given: ReduceLROnPlateauOptions, learningRate = 0.1) {
  const callback = new ReduceLROnPlateau(given);
  const trainer = new FakeTrainer();
  trainer.learningRate = learningRate;
  callback.setModel(trainer);
  callback.onTrainBegin();
  const train = (values: readonly number[], from = 0) =>
    values.map((loss, index) => {
      callback.onEpochEnd(from + index, { loss });
      return trainer.learningRate;
    });
  return { callback, trainer, train };
}

test('logs the learning rate that the epoch was trained with', () => {
  const { callback, trainer } = begin({ ...options, patience: 0 });
  const logs: Record<string, number>[] = [{ loss: 1 }, { loss: 1 }];
  logs.forEach((entry, epoch) => callback.onEpochEnd(epoch, entry));
  expect(logs.map((entry) => entry['learning_rate'])).toEqual([0.1, 0.1]);
  expect(trainer.learningRate).toBe(0.05);
});

for (let epoch = 0; epoch <= losses.length; epoch += 1) {
  test(`resumed after epoch ${epoch} reduces at the same epochs`, () => {
    const expected = begin(options).train(losses);
    expect(new Set(expected).size).toBeGreaterThan(2);
    const killed = begin(options);
    const before = killed.train(losses.slice(0, epoch));
    const resumed = begin(options, killed.trainer.learningRate);
    resumed.callback.setState(structuredClone(killed.callback.getState()) as never);
    expect([...before, ...resumed.train(losses.slice(epoch), epoch)]).toEqual(expected);
  });
}

test('takes a learning rate that was rounded to float32 for the minimum that it is', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const { train } = begin({ ...options, patience: 1, cooldown: 0, verbose: 1 }, Math.fround(0.3));
  train(losses.slice(0, 1));
  const { train: trainAtMinimum } = begin(
    { ...options, patience: 1, minLr: 0.3, verbose: 1 },
    Math.fround(0.3),
  );
  expect(trainAtMinimum([1, 1, 1])).toEqual(Array(3).fill(Math.fround(0.3)));
  expect(log).not.toHaveBeenCalled();
});

/** The rates after each epoch in Keras 3.15, from 0.1 on. */
const asInKeras: readonly [ReduceLROnPlateauOptions, readonly number[], readonly number[]][] = [
  [{ factor: 0 }, [1, 1, 1], [0.1, 0, 0]],
  [{ factor: 0, minLr: 0.01 }, [1, 1, 1], [0.1, 0.01, 0.01]],
  [{ factor: 0, minLr: -1, cooldown: 1 }, [1, 1], [0.1, 0]],
  [{ minDelta: -0.5 }, [2, 1.6, 1], [0.1, 0.05, 0.05]],
  [{ minDelta: -0.5, mode: 'max' }, [1, 1.4, 2], [0.1, 0.05, 0.05]],
  [{ patience: 0 }, [1, 1, 1], [0.1, 0.05, 0.025]],
  [{ patience: -2 }, [1, 1, 1], [0.1, 0.05, 0.025]],
  [{ cooldown: -1 }, [1, 1, 1], [0.1, 0.05, 0.025]],
  [{ minLr: -1 }, [1, 1, 1], [0.1, 0.05, 0.025]],
  [{ minLr: 0.2 }, [1, 1, 1], [0.1, 0.1, 0.1]],
];

test.each(asInKeras)('with %o, losses of %o give the rates of Keras', (given, values, rates) => {
  const { callback, train } = begin({ monitor: 'loss', factor: 0.5, patience: 1, ...given });
  expect(train(values)).toEqual(rates);
  expect(() => callback.setState(structuredClone(callback.getState()))).not.toThrow();
});

test('counts an epoch with NaN as one without improvement, and takes NaN for no best', () => {
  const { callback, train } = begin({ monitor: 'loss', factor: 0.5, patience: 2 });
  expect(train([NaN, 2, NaN, 1])).toEqual([0.1, 0.1, 0.1, 0.1]);
  expect(callback.best).toBe(1);
});

test('says when it reduces, with verbose 1', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  begin({ ...options, patience: 1, verbose: 1 }).train([1, 1]);
  expect(log.mock.calls).toEqual([['\nEpoch 2: ReduceLROnPlateau reduces the learning rate to 0.05.']]);
});

const refused = [
  { factor: 1 },
  { factor: -0.5 },
  { factor: NaN },
  { patience: 0.5 },
  { cooldown: 0.5 },
  { minLr: NaN },
  { minDelta: Infinity },
  { epsilon: 1 },
];

test.each(refused)('refuses the options %o', (given) => {
  expect(() => new ReduceLROnPlateau(given as never)).toThrow(
    expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }),
  );
});
