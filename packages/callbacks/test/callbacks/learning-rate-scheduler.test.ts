import { afterEach, expect, test, vi } from 'vitest';
import {
  LearningRateScheduler,
  type LearningRateSchedule,
} from '../../src/callbacks/learning-rate-scheduler.js';
import { FakeTrainer } from '../fake-trainer.js';

afterEach(() => void vi.restoreAllMocks());

function begin(schedule: LearningRateSchedule, verbose: 0 | 1 = 0) {
  const callback = new LearningRateScheduler(schedule, { verbose });
  const trainer = new FakeTrainer();
  callback.setModel(trainer);
  return { callback, trainer };
}

test('sets what the schedule makes of the epoch and the current rate, and logs it', () => {
  const { callback, trainer } = begin((epoch, learningRate) => learningRate / (epoch + 2));
  callback.onEpochBegin(0);
  callback.onEpochBegin(1);
  const logs: Record<string, number> = { loss: 1 };
  callback.onEpochEnd(1, logs);
  expect(trainer.learningRate).toBeCloseTo(0.1 / 6);
  expect(logs).toEqual({ loss: 1, learning_rate: trainer.learningRate });
});

test('says the rate, with verbose 1', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  begin(() => 0.5, 1).callback.onEpochBegin(2);
  expect(log.mock.calls).toEqual([['Epoch 3: LearningRateScheduler sets the learning rate to 0.5.']]);
});

test.each([undefined, NaN, Infinity, '0.1'])(
  'refuses a schedule that returns %o, and leaves the rate alone',
  (result) => {
    const { callback, trainer } = begin(() => result as number);
    expect(() => callback.onEpochBegin(0)).toThrow(
      expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }),
    );
    expect(trainer.learningRate).toBe(0.1);
  },
);

test('refuses what is no function', () => {
  expect(() => new LearningRateScheduler(0.1 as never)).toThrow(
    expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }),
  );
});
