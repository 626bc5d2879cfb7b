import { describe, expect, test } from 'vitest';
import { Callback, type CallbackHooks, CallbackList } from '../../src/index.js';

const nothing = () => undefined;

describe('a method that was meant to be a hook is refused, and the hook is named', () => {
  test.each<[written: string, meant: string]>([
    ['onEpochEnds', 'onEpochEnd'],
    ['onEpochEnded', 'onEpochEnd'],
    ['onEpohcEnd', 'onEpochEnd'],
    ['onepochend', 'onEpochEnd'],
    ['OnEpochEnd', 'onEpochEnd'],
    ['on_epoch_end', 'onEpochEnd'],
    ['on_batch_end', 'onBatchEnd'],
    ['on_train_batch_begin', 'onTrainBatchBegin'],
    ['onTrainBatchEnded', 'onTrainBatchEnd'],
    ['onTrainBatchStart', 'onTrainBatchBegin'],
    ['onTrainStart', 'onTrainBegin'],
    ['onTrainingEnd', 'onTrainEnd'],
    ['onFitBegin', 'onTrainBegin'],
    ['onEpochStart', 'onEpochBegin'],
    ['onEpochFinished', 'onEpochEnd'],
    ['onEpoch', 'onEpochEnd'],
    ['onBatch', 'onBatchEnd'],
    ['onStepEnd', 'onBatchEnd'],
    ['onValidationBegin', 'onTestBegin'],
    ['onValidationBatchEnd', 'onTestBatchEnd'],
    ['onEvaluateEnd', 'onTestEnd'],
    ['onPredictionEnd', 'onPredictEnd'],
    ['onBackUp', 'onBackup'],
    ['set_model', 'setModel'],
    ['get_state', 'getState'],
  ])('%s', (written, meant) => {
    class Mine extends Callback {}
    Object.defineProperty(Mine.prototype, written, { value: nothing });
    for (const callback of [{ onTrainBegin: nothing, [written]: nothing }, new Mine()])
      expect(() => new CallbackList([{}, callback as CallbackHooks])).toThrow(
        `KEEPFIT_INVALID_OPTION: callbacks[1] has ${written}, which nothing would call; did you mean ${meant}? If it is no hook, give it another name`,
      );
  });
});

test.each([
  'onClick',
  'onMessage',
  'onProgress',
  'onError',
  'onPlateau',
  'onImprovement',
  'on',
  'once',
  'one',
  '_onEpochEnds',
  '_onEpochEnd',
  'epochEnd',
  'setRate',
  'getStats',
])('a method of its own is no hook: %s', (name) => {
  const callback = { onEpochEnd: nothing, [name]: nothing, onEpochs: 3 };
  expect(() => new CallbackList(callback)).not.toThrow();
});

test('getters are not read', () => {
  const callback = {
    onEpochEnd: nothing,
    get onEpochEnds(): never {
      throw new Error('read');
    },
  };
  expect(() => new CallbackList(callback)).not.toThrow();
});

test.each<[name: string, value: unknown, shown: string]>([
  ['onEpochEnd', 'print', '"print"'],
  ['onTrainBatchEnd', null, 'null'],
  ['onBatchEnd', [nothing], '[null]'],
])('a hook must be a function: %s %j', (name, value, shown) => {
  expect(() => new CallbackList({ onTrainBegin: nothing, [name]: value })).toThrow(
    `KEEPFIT_INVALID_OPTION: ${name} of callbacks must be a function, not ${shown}; leave it out if there is none`,
  );
});

test('onYield of tfjs is refused, because nothing would call it', () => {
  expect(() => new CallbackList([{ onEpochEnd: nothing, onYield: nothing } as CallbackHooks])).toThrow(
    'KEEPFIT_INVALID_OPTION: callbacks[0] has onYield of tfjs, which nothing would call; fit yields by itself (yieldEvery), so use onTrainBatchEnd',
  );
});

test("a class with the methods of tfjs' callbacks is one's own unless it has their field", () => {
  class Mine {
    setParams = nothing;
    setModel = nothing;
    validationData = [1];
    onEpochEnd(): void {}
  }
  expect(() => new CallbackList(new Mine())).not.toThrow();
});
