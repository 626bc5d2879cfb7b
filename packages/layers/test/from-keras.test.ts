import * as tf from '@tensorflow/tfjs';
import { cpuBackend } from '@keepfit/backend-cpu';
import { LearningRateScheduler, type Logs } from '@keepfit/callbacks';
import { seeded, useBackend } from '@keepfit/fit';
import { evaluate, fit } from '@keepfit/layers';
import { beforeAll, describe, expect, test } from 'vitest';

// The rows of docs/from-keras.md that no other test has.

const X = [[1], [2], [3]];

beforeAll(() => useBackend(cpuBackend()));

test('the loss of each output counts a small last batch by its samples, as the total does', async () => {
  const model = seeded(1, () => {
    const input = tf.input({ shape: [1] });
    const outputs = ['a', 'b'].map(
      (name) => tf.layers.dense({ units: 1, name }).apply(input) as tf.SymbolicTensor,
    );
    return tf.model({ inputs: input, outputs });
  });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const whole = await evaluate(model, X, [tf.tensor2d(X), tf.ones([3, 1])], { batchSize: 3, verbose: 0 });
  const cut = await evaluate(model, X, [tf.tensor2d(X), tf.ones([3, 1])], { batchSize: 2, verbose: 0 });
  expect(Object.keys(cut)).toEqual(['a_loss', 'b_loss', 'loss']);
  for (const [key, value] of Object.entries(whole)) expect(cut[key]).toBeCloseTo(value, 5);
});

test('each pass of a stream of unknown length has the batches that it gives', async () => {
  const batches: number[] = [];
  const passes = ({ epoch }: { readonly epoch: number }) =>
    Array.from({ length: [2, 4, 1][epoch] ?? 0 }, () => ({ xs: X, ys: X }));
  await fit(compile('meanSquaredError'), passes, {
    epochs: 3,
    verbose: 0,
    callbacks: {
      onEpochBegin: () => void batches.push(0),
      onTrainBatchBegin: (batch) => void (batches[batches.length - 1] = batch + 1),
    },
  });
  expect(batches).toEqual([2, 4, 1]);
});

test('onTrainEnd gets the losses of the last epoch, without the learning rate that a hook added', async () => {
  const seen: Record<string, Partial<Logs>> = {};
  const { history } = await fit(compile('meanSquaredError'), X, X, {
    verbose: 0,
    callbacks: [
      new LearningRateScheduler(() => 0.01),
      {
        onEpochEnd: (_epoch, logs) => void (seen['epoch'] = logs),
        onTrainEnd: (logs) => void (seen['end'] = logs),
      },
    ],
  });
  expect(Object.keys(seen['epoch'] ?? {})).toEqual(['loss', 'learning_rate']);
  expect(Object.keys(history)).toEqual(['loss', 'learning_rate']);
  expect(seen['end']).toEqual({ loss: history['loss']![0] });
});

describe('compile of tfjs-layers', () => {
  test.each([
    'meanSquaredError',
    'meanAbsoluteError',
    'meanAbsolutePercentageError',
    'meanSquaredLogarithmicError',
    'squaredHinge',
    'hinge',
    'categoricalHinge',
    'logcosh',
    'categoricalCrossentropy',
    'sparseCategoricalCrossentropy',
    'binaryCrossentropy',
    'kullbackLeiblerDivergence',
    'poisson',
    'cosineProximity',
  ])('takes the loss %s, and so does fit', async (loss) => {
    const model = compile(loss, 2);
    const y = /sparse/.test(loss) ? [0, 1, 1] : X.map(() => [1, 0]);
    expect((await fit(model, X, y, { verbose: 0 })).history['loss']![0]).toBeTypeOf('number');
  });

  test.each(['mse', 'huber', 'mean_squared_error', 'dice'])('refuses the name %s of Keras itself', (loss) => {
    expect(() => compile(loss)).toThrow(/Unknown loss/);
  });
});

function compile(loss: string, units = 1): tf.LayersModel {
  const model = seeded(1, () =>
    tf.sequential({ layers: [tf.layers.dense({ units, inputShape: [1], activation: 'sigmoid' })] }),
  );
  model.compile({ optimizer: 'sgd', loss });
  return model;
}
