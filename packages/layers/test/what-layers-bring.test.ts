import { cpuBackend } from '@keepfit/backend-cpu';
import type { CallbackHooks } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { evaluate, fit, predict, predictOnBatch, testOnBatch, trainOnBatch } from '@keepfit/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';

const x = { data: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)), shape: [8, 3] };
const y = { data: Float32Array.from({ length: 8 }, (_, i) => 3 * Math.cos(i)), shape: [8, 1] };
const quiet = { batchSize: 4, verbose: 0 } as const;

beforeAll(() => useBackend(cpuBackend()));

test('regularizers count in the loss that is trained and logged, as in Keras', async () => {
  const plain = dense({});
  const regularized = dense({ kernelRegularizer: tf.regularizers.l2({ l2: 0.5 }) });
  const penalty = 0.5 * sumOfSquares(regularized);
  const [{ loss: bare = NaN }, { loss = NaN }] = [
    await evaluate(plain, x, y, quiet),
    await evaluate(regularized, x, y, quiet),
  ];
  expect(loss).toBeCloseTo(bare + penalty, 5);

  const { history } = await fit(regularized, x, y, { ...quiet, batchSize: 8 });
  expect(history['loss']?.[0]).toBeCloseTo(bare + penalty, 5);
  await fit(plain, x, y, { ...quiet, batchSize: 8 });
  expect(sumOfSquares(regularized)).toBeLessThan(sumOfSquares(plain));
});

test("a weight constraint holds after each step, which tfjs' own fit does not see to", async () => {
  const model = dense({ kernelConstraint: tf.constraints.unitNorm({ axis: 0 }) });
  const norms: number[] = [];
  const look: CallbackHooks = {
    batchLogs: false,
    onTrainBatchEnd: () => void norms.push(Math.sqrt(sumOfSquares(model))),
  };
  await fit(model, x, y, { ...quiet, epochs: 2, callbacks: [look] });
  expect(norms).toHaveLength(4);
  for (const norm of norms) expect(norm).toBeCloseTo(1, 5);
});

test('a layer frozen after compile is frozen from the next step on, and goes on with its own optimizer slots when it is thawed', async () => {
  const model = twoLayers();
  const [first] = model.layers;
  const seen: number[][] = [];
  const freeze: CallbackHooks = {
    batchLogs: false,
    onEpochBegin: (epoch) => void (first!.trainable = epoch !== 1),
    onEpochEnd: () =>
      void seen.push(
        model.layers
          .flatMap((layer) => layer.getWeights())
          .map((weight) => tf.tidy(() => tf.sum(weight).dataSync()[0] ?? NaN)),
      ),
  };
  await fit(model, x, y, { ...quiet, epochs: 3, callbacks: [freeze] });
  const [before = [], frozen = [], thawed = []] = seen;
  // Kernel and bias of the first layer keep their values for one epoch; the second layer still learns.
  expect(frozen.map((value, index) => value === before[index])).toEqual([true, true, false, false]);
  expect(thawed.map((value, index) => value === frozen[index])).toEqual([false, false, false, false]);
});

test('freezing the first layer trains the second as if it were alone: no slot goes to another weight', async () => {
  const whole = twoLayers();
  whole.layers[0]!.trainable = false;
  const { history } = await fit(whole, x, y, { ...quiet, epochs: 3, shuffle: false });

  const alone = tf.sequential({
    layers: [tf.layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'ones' })],
  });
  alone.compile({ optimizer: tf.train.adam(0.1), loss: 'meanSquaredError' });
  const hidden = tf.tidy(() => whole.layers[0]!.apply(tf.tensor2d(x.data, [8, 3])) as tf.Tensor);
  const other = await fit(alone, hidden, y, { ...quiet, epochs: 3, shuffle: false });
  hidden.dispose();
  expect(history['loss']).toEqual(other.history['loss']);
});

test("'accuracy' is logged as accuracy, as in Keras, and 'acc' as acc", async () => {
  const classes = { data: Int32Array.from({ length: 8 }, (_, i) => i % 2), shape: [8] };
  for (const name of ['accuracy', 'acc']) {
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 2, inputShape: [3], activation: 'softmax' })],
    });
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy', metrics: [name] });
    expect(Object.keys((await fit(model, x, classes, quiet)).history)).toEqual([name, 'loss']);
  }
});

test('several inputs and outputs come as lists or by name, with loss weights, and each output has its logs', async () => {
  const byName = await fit(
    twoInOut(),
    { left: x, right: x },
    { big: y, small: y },
    { ...quiet, shuffle: false },
  );
  const asLists = await fit(twoInOut(), [x, x], [y, y], { ...quiet, shuffle: false });
  expect(byName.history).toEqual(asLists.history);
  expect(Object.keys(byName.history)).toEqual(['big_loss', 'big_mae', 'loss', 'small_loss', 'small_mae']);
  const { loss = [], big_loss: big = [], small_loss: small = [] } = byName.history;
  expect(loss[0]).toBeCloseTo((big[0] ?? NaN) + (small[0] ?? NaN), 5);
});

test('evaluate, predict and the methods for one batch work on a compiled model, and agree', async () => {
  const model = dense({});
  const batch = await testOnBatch(model, x, y);
  expect(batch).toEqual(await evaluate(model, x, y, { batchSize: 8, verbose: 0 }));
  const [whole, parts] = [
    (await predictOnBatch(model, x)) as tf.Tensor,
    (await predict(model, x, { batchSize: 3, verbose: 0 })) as tf.Tensor,
  ];
  expect(parts.dataSync()).toEqual(whole.dataSync());
  tf.dispose([whole, parts]);
  const { history } = await fit(dense({}), x, y, { ...quiet, batchSize: 8, stepsPerExecution: 2 });
  expect(await trainOnBatch(model, x, y)).toEqual({ loss: history['loss']?.[0] });
});

test('stepsPerExecution may change from fit to fit: a running fit is noticed all the same, and the optimizer knows its slots', async () => {
  const trained = async (options: object): Promise<unknown> => {
    const model = twoLayers();
    await fit(model, x, y, { ...quiet, shuffle: false });
    (model.layers[0] as tf.layers.Layer).trainable = false;
    const running = fit(model, x, y, { ...quiet, shuffle: false, ...options });
    await expect(fit(model, x, y, { ...quiet, stepsPerExecution: 3 })).rejects.toMatchObject({
      code: 'KEEPFIT_FIT_RUNNING',
    });
    await running;
    return model.getWeights().map((weight) => [...weight.dataSync()]);
  };
  expect(await trained({ stepsPerExecution: 2 })).toEqual(await trained({}));
});

function dense(config: object): tf.Sequential {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 1, inputShape: [3], useBias: false, kernelInitializer: 'ones', ...config }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
  return model;
}

function twoLayers(): tf.Sequential {
  const layers = [
    tf.layers.dense({ units: 2, inputShape: [3], kernelInitializer: 'ones' }),
    tf.layers.dense({ units: 1, kernelInitializer: 'ones' }),
  ];
  const model = tf.sequential({ layers });
  model.compile({ optimizer: tf.train.adam(0.1), loss: 'meanSquaredError' });
  return model;
}

function twoInOut(): tf.LayersModel {
  const [left, right] = [tf.input({ shape: [3], name: 'left' }), tf.input({ shape: [3], name: 'right' })];
  const joined = tf.layers.add().apply([left, right]) as tf.SymbolicTensor;
  const outputs = ['big', 'small'].map(
    (name) =>
      tf.layers.dense({ units: 1, name, kernelInitializer: 'ones' }).apply(joined) as tf.SymbolicTensor,
  );
  const model = tf.model({ inputs: [left, right], outputs });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: ['mae'] });
  return model;
}

function sumOfSquares(model: tf.LayersModel): number {
  return tf.tidy(() => tf.sum(tf.square(model.getWeights()[0] as tf.Tensor)).dataSync()[0] ?? NaN);
}
