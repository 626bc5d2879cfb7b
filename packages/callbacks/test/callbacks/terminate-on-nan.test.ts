import { afterEach, expect, test, vi } from 'vitest';
import { TerminateOnNaN } from '../../src/callbacks/terminate-on-nan.js';
import { FakeTrainer } from '../fake-trainer.js';

afterEach(() => void vi.restoreAllMocks());

test.each([
  [NaN, true],
  [Infinity, true],
  [-Infinity, true],
  [0, false],
  [1e300, false],
  [undefined, false],
])('on a loss of %o stops training: %o', (loss, stops) => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const callback = new TerminateOnNaN();
  const trainer = new FakeTrainer();
  callback.setModel(trainer);
  callback.onTrainBatchEnd(3, loss === undefined ? { accuracy: NaN } : { loss });
  expect(trainer.stopTraining).toBe(stops);
});

test('says which batch it was', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const callback = new TerminateOnNaN();
  callback.setModel(new FakeTrainer());
  callback.onTrainBatchEnd(3, { loss: NaN });
  expect(log.mock.calls).toEqual([['\nBatch 4: the loss is NaN, training ends.']]);
});

test('reads the logs of every batch', () => {
  expect(new TerminateOnNaN().batchLogs).toBe(true);
});
