import * as tf from '@tensorflow/tfjs';
import { cpuBackend } from '@keepfit/backend-cpu';
import type { CallbackHooks } from '@keepfit/callbacks';
import { seeded, useBackend } from '@keepfit/fit';
import { evaluate, fit } from '@keepfit/layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from '../../fit/test/helpers/caught.js';

const X = [[1], [2]];

beforeAll(() => useBackend(cpuBackend()));

describe('arguments of compile that tfjs ignores are refused', () => {
  test.each<[name: string, value: unknown, advice: string]>([
    ['lossWeights', [1, 0.5], 'give them to fit: fit(model, x, y, { lossWeights })'],
    ['loss_weights', [1], 'give them to fit: fit(model, x, y, { lossWeights })'],
    ['weightedMetrics', ['mse'], 'give them to fit: fit(model, x, y, { weightedMetrics })'],
    ['sampleWeightMode', 'temporal', 'leave it out'],
    ['targetTensors', [], 'give the targets to fit as y'],
    ['stepsPerExecution', 4, 'give it to fit'],
    ['learningRate', 0.1, 'leave it out'],
  ])('%s', async (name, value, advice) => {
    for (const make of [createSequential, createFunctional]) {
      const model = make();
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', [name]: value });
      for (const run of [fit(model, X, X, { verbose: 0 }), evaluate(model, X, X, { verbose: 0 })]) {
        const { message } = await caught(run);
        expect(message).toMatch(
          new RegExp(`^KEEPFIT_INVALID_OPTION: model.compile was given ${name}, which tfjs ignores`),
        );
        expect(message).toContain(advice);
      }
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      await fit(model, X, X, { verbose: 0 });
    }
  });

  test('but not those without an effect', async () => {
    const model = createSequential();
    const harmless = { runEagerly: true, jitCompile: false, lossWeights: undefined, weightedMetrics: null };
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', ...harmless });
    expect((await fit(model, X, X, { verbose: 0 })).epoch).toEqual([0]);
  });
});

describe('callbacks of tfjs are refused, with what to give', () => {
  class Mine extends tf.Callback {
    override async onEpochEnd(): Promise<void> {
      (this as unknown as { model: tf.LayersModel }).model.stopTraining = true;
    }
  }

  test.each<[what: string, make: () => unknown]>([
    ['tf.callbacks.earlyStopping()', () => tf.callbacks.earlyStopping({ monitor: 'loss' })],
    ['new tf.EarlyStopping()', () => new tf.EarlyStopping({ monitor: 'loss' })],
    ['new tf.CustomCallback()', () => new tf.CustomCallback({ onEpochEnd: async () => undefined })],
    ['a subclass of tf.Callback', () => new Mine()],
  ])('%s', async (_what, make) => {
    for (const callbacks of [make(), [{}, make()]]) {
      const run = fit(compile(createSequential()), X, X, {
        verbose: 0,
        callbacks: callbacks as CallbackHooks,
      });
      expect((await caught(run)).message).toMatch(
        /^KEEPFIT_INVALID_OPTION: callbacks(\[1\])? is a callback of tfjs .*EarlyStopping, extend Callback of keepfit/,
      );
    }
  });

  test('and an object with onYield', async () => {
    const callbacks = { onEpochEnd: () => undefined, onYield: () => undefined } as CallbackHooks;
    expect((await caught(fit(compile(createSequential()), X, X, { callbacks }))).message).toMatch(
      /^KEEPFIT_INVALID_OPTION: callbacks has onYield of tfjs/,
    );
  });

  test('but not the hooks of tfjs-vis, which are those of an object', async () => {
    const seen: string[] = [];
    // What `show.fitCallbacks(surface, ['loss'])` gives.
    const callbacks: CallbackHooks = {
      onBatchEnd: async (batch, logs) => void seen.push(`batch ${batch} ${typeof logs.loss}`),
      onEpochEnd: async (epoch, logs) => void seen.push(`epoch ${epoch} ${typeof logs.loss}`),
    };
    await fit(compile(createSequential()), X, X, { verbose: 0, callbacks });
    expect(seen).toEqual(['batch 0 number', 'epoch 0 number']);
  });
});

test.each<[name: string, value: unknown, message: RegExp]>([
  [
    'yieldEvery',
    'auto',
    /^KEEPFIT_INVALID_OPTION: yieldEvery of fit must be a number of milliseconds, .*not "auto"/,
  ],
  ['yieldEvery', 'never', /a number of milliseconds/],
  ['batchesPerEpoch', 5, /has no option "batchesPerEpoch".*stepsPerEpoch/],
  ['validationBatches', 5, /has no option "validationBatches".*validationSteps/],
  ['batch_size', 5, /has no option "batch_size".*, did you mean "batchSize"\?/],
  ['onEpochEnd', () => undefined, /has no option "onEpochEnd".*callbacks: \{ onEpochEnd \}/],
  ['onYield', () => undefined, /has no option "onYield"/],
])('an option of the fit of tfjs is refused: %s %j', async (name, value, message) => {
  const run = fit(compile(createSequential()), X, X, { verbose: 0, [name]: value });
  expect((await caught(run)).message).toMatch(message);
});

test('a function as learning rate is refused', async () => {
  const model = createSequential();
  model.compile({
    optimizer: tf.train.adam(((step: number) => 1 / step) as never),
    loss: 'meanSquaredError',
  });
  expect((await caught(fit(model, X, X, { verbose: 0 }))).message).toMatch(
    /^KEEPFIT_INVALID_OPTION: the optimizer Adam has the learningRate a function, .*LearningRateScheduler/,
  );
});

function createSequential(): tf.LayersModel {
  return seeded(1, () => tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] }));
}

function createFunctional(): tf.LayersModel {
  return seeded(1, () => {
    const input = tf.input({ shape: [1] });
    return tf.model({
      inputs: input,
      outputs: tf.layers.dense({ units: 1 }).apply(input) as tf.SymbolicTensor,
    });
  });
}

function compile(model: tf.LayersModel): tf.LayersModel {
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return model;
}
