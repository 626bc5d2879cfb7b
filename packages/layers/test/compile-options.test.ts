import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import { type FitOptions, Trainer, useBackend } from '@keepfit/fit';
import { huber } from '@keepfit/fit/losses';
import {
  evaluate,
  fit,
  fromLayers,
  getTrainer,
  type LayersFitOptions,
  predict,
  predictOnBatch,
  testOnBatch,
  trainOnBatch,
} from '@keepfit/layers';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { caught } from '../../fit/test/helpers/caught.js';
import { throwAt } from '../../fit/test/helpers/throw-at.js';

const x = { data: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)), shape: [8, 3] };
const y = { data: Float32Array.from({ length: 8 }, (_, i) => 3 * Math.cos(i)), shape: [8, 1] };
const quiet: FitOptions = { batchSize: 4, verbose: 0, seed: 3 };
const named = { optimizer: 'adam', loss: 'huber', metrics: ['mape'], lossWeights: [2] } as const;

beforeAll(() => useBackend(cpuBackend()));

test("a model that was never compiled trains with Keras' names, as with a trainer of its own", async () => {
  const model = build();
  const trainer = new Trainer(fromLayers(build()), named);
  const expected = await trainer.fit(x, y, { ...quiet, epochs: 2 });
  const { history } = await fit(model, x, y, { ...quiet, epochs: 2, ...named });
  expect(history).toEqual(expected.history);
  expect(Object.keys(history)).toEqual(['loss', 'mape']);
  expect(weightsOf(model)).toEqual(trainer.model.weights.flatMap(({ variable }) => [...variable.dataSync()]));
});

test('what was given holds for the calls after it', async () => {
  const model = build();
  await fit(model, x, y, { ...quiet, ...named, weightedMetrics: ['mse'] });
  const logs = await evaluate(model, x, y, { verbose: 0 });
  expect(Object.keys(logs)).toEqual(['loss', 'mape', 'mse']);
  expect(await testOnBatch(model, x, y)).toEqual(logs);
  expect(Object.keys(await trainOnBatch(model, x, y))).toEqual(['loss', 'mape', 'mse']);
});

test('one option changes only itself, and wins over compile', async () => {
  const model = compiled();
  expect(Object.keys(await evaluate(model, x, y, { verbose: 0, metrics: ['mape'] }))).toEqual([
    'loss',
    'mape',
  ]);
  const logs = await evaluate(model, x, y, { verbose: 0, loss: huber({ delta: 0.5 }) });
  expect(Object.keys(logs)).toEqual(['loss', 'mape']);
  const other = compiled();
  other.compile({ optimizer: 'sgd', loss: huber({ delta: 0.5 }) });
  expect(logs['loss']).toBe((await evaluate(other, x, y, { verbose: 0 }))['loss']);
});

test('compile replaces what was given, also with the arguments of before', async () => {
  const model = compiled();
  const before = await evaluate(model, x, y, { verbose: 0 });
  const optimizer = tf.train.sgd(0.01);
  await evaluate(model, x, y, { ...named, optimizer, verbose: 0, stepsPerExecution: 3 });
  expect(getTrainer(model).optimizer).toBe(optimizer);
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: ['mae'] });
  expect(await evaluate(model, x, y, { verbose: 0 })).toEqual(before);
  expect(getTrainer(model).optimizer).toBe(model.optimizer);
  expect(getTrainer(model).stepsPerExecution).toBe(3);
});

describe('an optimizer by name', () => {
  test('keeps its state while the name stays, also if the loss changes', async () => {
    const model = build();
    await fit(model, x, y, { ...quiet, ...named });
    const { optimizer } = getTrainer(model);
    await fit(model, x, y, { ...quiet, ...named, loss: huber(), metrics: ['mape'] });
    await fit(model, x, y, { ...quiet, epochs: 2, initialEpoch: 1 });
    expect(getTrainer(model).optimizer).toBe(optimizer);
    expect(optimizer).toMatchObject({ iterations: 6 });
  });

  test('is made anew if the name changes', async () => {
    const model = build();
    await fit(model, x, y, { ...quiet, ...named });
    await fit(model, x, y, { ...quiet, optimizer: 'rmsprop' });
    expect(getTrainer(model).optimizer.getClassName()).toBe('RMSprop');
    await fit(model, x, y, { ...quiet, optimizer: 'adam' });
    expect(getTrainer(model).optimizer).toMatchObject({ iterations: 2 });
  });
});

test('two fits with the same options end as one fit of a trainer that goes on', async () => {
  const [model, other] = [build(), build()];
  const trainer = new Trainer(fromLayers(other), named);
  await trainer.fit(x, y, quiet);
  await trainer.fit(x, y, { ...quiet, seed: 4 });
  await fit(model, x, y, { ...quiet, ...named });
  await fit(model, x, y, { ...quiet, ...named, metrics: ['mape'], seed: 4 });
  expect(weightsOf(model)).toEqual(weightsOf(other));
});

test('trainOnBatch counts its batches also if each call gives a new loss', async () => {
  const losses = async (options: () => object) => {
    const model = build(0.5);
    const options0 = { optimizer: 'sgd', seed: 1 } as const;
    return [
      await trainOnBatch(model, x, y, { ...options0, loss: huber(), ...options() }),
      await trainOnBatch(model, x, y, { ...options0, ...options() }),
      await trainOnBatch(model, x, y, { ...options0, ...options() }),
    ];
  };
  expect(await losses(() => ({ loss: huber() }))).toEqual(await losses(() => ({})));
});

test('evaluation needs no optimizer, prediction nothing, and training both', async () => {
  const model = build();
  const outputs = await predict(model, x, { verbose: 0 });
  const again = await predictOnBatch(model, x);
  tf.dispose([outputs, again]);
  expect((await caught(evaluate(model, x, y, { verbose: 0 }))).code).toBe('KEEPFIT_INVALID_OPTION');
  expect(await evaluate(model, x, y, { verbose: 0, loss: 'mse' })).toHaveProperty('loss');
  const error = await caught(fit(model, x, y, quiet));
  expect(error.message).toMatch(
    /KEEPFIT_INVALID_OPTION: the model is not compiled; .* or give optimizer and loss/,
  );
  expect((await fit(model, x, y, { ...quiet, optimizer: 'sgd' })).history).toHaveProperty('loss');
});

test('an unknown name, a wrong option, and options that are none are refused and change nothing', async () => {
  const model = compiled();
  const before = await evaluate(model, x, y, { verbose: 0 });
  for (const options of [
    { loss: 'mes' },
    { metrics: 'mae' },
    { optimizer: 'adm' },
    { lossWeights: [1, 2] },
    null,
    [1],
  ]) {
    const error = await caught(trainOnBatch(model, x, y, options as never));
    expect(error.code, JSON.stringify(options)).toBe('KEEPFIT_INVALID_OPTION');
  }
  expect(await evaluate(model, x, y, { verbose: 0 })).toEqual(before);
});

test('while a fit runs, other options are refused, and the fit goes on', async () => {
  const model = compiled();
  const codes: unknown[] = [];
  const look: CallbackHooks = {
    onTrainBatchEnd: async () =>
      void codes.push((await caught(evaluate(model, x, y, { verbose: 0, metrics: ['mape'] }))).code),
  };
  const { history } = await fit(model, x, y, { ...quiet, callbacks: look });
  expect(codes).toEqual(['KEEPFIT_FIT_RUNNING', 'KEEPFIT_FIT_RUNNING']);
  expect(Object.keys(history)).toEqual(['loss', 'mae']);
});

test('arguments that compile of tfjs ignores may be given to fit', async () => {
  const model = build();
  const lossWeights = [3];
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', lossWeights } as never);
  expect((await caught(fit(model, x, y, quiet))).message).toMatch(/fit\(model, x, y, \{ lossWeights \}\)/);
  const { loss = NaN } = await evaluate(model, x, y, { verbose: 0, lossWeights });
  const { loss: once = NaN } = await evaluate(compiled(), x, y, { verbose: 0 });
  expect(loss).toBeCloseTo(3 * once, 4);
});

test('a crash and a resume with given options end as if nothing had happened', async () => {
  const options: LayersFitOptions = { ...quiet, epochs: 3, ...named, weightedMetrics: ['mse'] };
  const sampleWeight = Float32Array.from({ length: 8 }, (_, i) => 1 + i);
  const whole = build();
  const expected = await fit(whole, x, y, { ...options, sampleWeight });
  for (const call of [1, 4]) {
    const store = memoryStore();
    const callbacks = () => new BackupAndRestore(store, { saveFreq: 1 });
    await caught(
      fit(build(), x, y, {
        ...options,
        sampleWeight,
        callbacks: [callbacks(), throwAt({ hook: 'onTrainBatchEnd', call })],
      }),
    );
    const model = build();
    await fit(model, x, y, { ...options, sampleWeight, callbacks: callbacks() });
    expect(weightsOf(model)).toEqual(weightsOf(whole));
    expect(getTrainer(model).history.history).toEqual(expected.history);
  }
});

test('a checkpoint with other weighted metrics or reduction does not continue', async () => {
  const store = memoryStore();
  const run = (options: LayersFitOptions, callbacks: CallbackHooks[] = []) =>
    caught(
      fit(build(), x, y, {
        ...quiet,
        ...named,
        ...options,
        callbacks: [new BackupAndRestore(store, { saveFreq: 1 }), ...callbacks],
      }),
    );
  await run({ weightedMetrics: ['mse'], loss: huber() }, [throwAt({ hook: 'onTrainBatchEnd', call: 1 })]);
  const error = await run({ loss: huber({ reduction: 'sum' }) });
  expect(error.message).toMatch(/KEEPFIT_CHECKPOINT_MISMATCH/);
  expect(error.message).toMatch(/objective\.losses/);
  expect(error.message).toMatch(/objective\.weightedMetrics/);
});

function build(dropout = 0): tf.Sequential {
  const values = tf.tensor2d(
    Array.from({ length: 3 }, (_, i) => Math.sin(1 + i)),
    [3, 1],
  );
  const model = tf.sequential({
    layers: [
      tf.layers.dropout({ rate: dropout, inputShape: [3] }),
      tf.layers.dense({ units: 1, name: 'out' }),
    ],
  });
  model.layers[1]!.setWeights([values, tf.zeros([1])]);
  return model;
}

function compiled(): tf.Sequential {
  const model = build();
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: ['mae'] });
  return model;
}

function weightsOf(model: tf.LayersModel): number[] {
  return model.getWeights().flatMap((weight) => [...weight.dataSync()]);
}
