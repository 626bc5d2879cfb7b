import { cpuBackend } from '@keepfit/backend-cpu';
import type { CallbackHooks, Logs } from '@keepfit/callbacks';
import { type Model, Trainer, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { column, listeningTrainer } from './helpers/listening-trainer.js';
import { plainData } from './helpers/plain-data.js';
import { plainTrainer, trainPlain } from './helpers/train-plain.js';
import { weightsOf } from './helpers/weights-of.js';

beforeAll(() => useBackend(cpuBackend()));

describe('data', () => {
  test('as tensors, typed arrays with a shape and nested arrays train the same', async () => {
    const { x, y } = plainData(10);
    const nested = (array: typeof x): number[][] =>
      Array.from({ length: 10 }, (_, row) => [
        ...array.data.slice((row * array.data.length) / 10, ((row + 1) * array.data.length) / 10),
      ]);
    const ends = [];
    for (const [xs, ys] of [
      [x, y],
      [tf.tensor(x.data, [10, 3]), tf.tensor(y.data, [10, 1])],
      [nested(x), nested(y)],
      [
        { ...x, data: Float64Array.from(x.data) },
        { ...y, data: Uint8Array.from(y.data) },
      ],
    ] as const) {
      const trainer = plainTrainer();
      await trainer.fit(xs, ys, { epochs: 2, batchSize: 4, seed: 7, verbose: 0 });
      ends.push(weightsOf(trainer));
    }
    for (const end of ends) expect(end).toEqual(ends[0]);
  });

  test('numbers in a plain list with a shape are as good', async () => {
    const { model, trainer } = listeningTrainer();
    const x = { data: [1, 2, 3, 4], shape: [2, 2] };
    await trainer.fit(x, x, { shuffle: false, verbose: 0 });
    expect(model.trained).toEqual([[1, 3]]);
  });

  test('a tensor that is given is read once: what its owner does with it later changes nothing', async () => {
    const { model, trainer } = listeningTrainer();
    const x = tf.tensor([[1], [2], [3]]);
    const running = trainer.fit(x, x, {
      shuffle: false,
      batchSize: 1,
      verbose: 0,
      callbacks: [{ onTrainBegin: () => x.dispose() }],
    });
    await running;
    expect(model.trained).toEqual([[1], [2], [3]]);
  });

  test('int32 stays whole numbers, everything else becomes float32', async () => {
    const seen: string[] = [];
    const model: Model = {
      ...listeningTrainer().model,
      call: (inputs) => {
        seen.push((inputs as tf.Tensor).dtype);
        return tf.cast(inputs as tf.Tensor, 'float32');
      },
    };
    const trainer = new Trainer(model, { optimizer: tf.train.sgd(0), loss: 'mse' });
    for (const data of [
      Int32Array.of(1, 2),
      Uint8Array.of(1, 2),
      Float64Array.of(1, 2),
      Int16Array.of(1, 2),
    ]) {
      await trainer.evaluate({ data, shape: [2, 1] }, column(2), { verbose: 0 });
    }
    await trainer.evaluate(tf.tensor([[1], [2]], [2, 1], 'int32'), column(2), { verbose: 0 });
    await trainer.evaluate(tf.tensor([[1], [0]], [2, 1], 'bool'), column(2), { verbose: 0 });
    expect(seen).toEqual(['int32', 'float32', 'float32', 'float32', 'int32', 'float32']);
  });

  test('all samples are trained once a pass, the last batch is smaller', async () => {
    const { model, trainer } = listeningTrainer();
    await trainer.fit(column(10), column(10), { batchSize: 4, epochs: 3, verbose: 0 });
    expect(model.trained.map((batch) => batch.length)).toEqual([4, 4, 2, 4, 4, 2, 4, 4, 2]);
    for (const epoch of [0, 3, 6]) {
      expect(
        model.trained
          .slice(epoch, epoch + 3)
          .flat()
          .sort((a, b) => a - b),
      ).toEqual([...column(10).data]);
    }
  });

  test('shuffle false keeps the order; with a seed the order repeats, and is another in each pass', async () => {
    const order = async (options: object): Promise<string[]> => {
      const { model, trainer } = listeningTrainer();
      await trainer.fit(column(10), column(10), { batchSize: 10, epochs: 3, verbose: 0, ...options });
      return model.trained.map((batch) => batch.join());
    };
    expect(await order({ shuffle: false })).toEqual(new Array(3).fill([...column(10).data].join()));
    const seeded = await order({ seed: 7 });
    expect(new Set(seeded).size).toBe(3);
    expect(await order({ seed: 7 })).toEqual(seeded);
    expect(await order({ seed: 8 })).not.toEqual(seeded);
    expect(await order({})).not.toEqual(await order({}));
  });

  test('targets and sample weights go with their samples', async () => {
    const pairs: number[][] = [];
    const { model } = listeningTrainer();
    const loss = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      pairs.push([...yTrue.dataSync()], [...yPred.dataSync()]);
      return tf.mean(tf.squaredDifference(yTrue, yPred), -1);
    };
    const trainer = new Trainer(model, { optimizer: tf.train.sgd(0), loss });
    await trainer.fit(column(6), column(6), { batchSize: 2, seed: 3, verbose: 0 });
    for (let batch = 0; batch < 3; batch++) expect(pairs[2 * batch]).toEqual(pairs[2 * batch + 1]);
  });
});

describe('validation', () => {
  test('validationSplit takes the last samples, before shuffling, rounded as Keras does', async () => {
    for (const [samples, validationSplit, trained] of [
      [10, 0.25, 7],
      [10, 0.3, 7],
      [7, 0.2, 5],
      [3, 0.5, 1],
    ] as const) {
      const { model, trainer } = listeningTrainer();
      await trainer.fit(column(samples), column(samples), { batchSize: 100, validationSplit, verbose: 0 });
      expect(model.trained.flat().sort((a, b) => a - b)).toEqual([...column(samples).data.slice(0, trained)]);
      expect(model.tested.flat()).toEqual([...column(samples).data.slice(trained)]);
    }
  });

  test('validationData wins over validationSplit, is not shuffled, and its logs begin with val_', async () => {
    const { model, trainer } = listeningTrainer();
    const { history } = await trainer.fit(column(4), column(4), {
      validationData: [column(3, 100), column(3, 101)],
      validationSplit: 0.5,
      verbose: 0,
    });
    expect(model.trained.flat()).toHaveLength(4);
    expect(model.tested).toEqual([[100, 101, 102]]);
    expect(history['val_loss']).toEqual([1]);
  });

  test('validationFreq, validationBatchSize and validationSteps', async () => {
    const { model, trainer } = listeningTrainer();
    const validationData = [column(6), column(6)] as const;
    const every = await trainer.fit(column(2), column(2), {
      epochs: 5,
      validationData,
      validationFreq: 2,
      validationBatchSize: 2,
      validationSteps: 2,
      verbose: 0,
    });
    expect(model.tested).toEqual([
      [0, 1],
      [2, 3],
      [0, 1],
      [2, 3],
    ]);
    expect(every.history['val_loss']).toHaveLength(2);
    expect(every.history['loss']).toHaveLength(5);
    const listed = await trainer.fit(column(2), column(2), {
      epochs: 5,
      validationData,
      validationFreq: [1, 5],
      verbose: 0,
    });
    expect(listed.history['val_loss']).toHaveLength(2);
  });
});

describe('logs', () => {
  test('losses and metrics by name, function and object; each under its key, in Keras’ order, as means over samples', async () => {
    const half = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => tf.mul(tf.abs(tf.sub(yTrue, yPred)), 0.5);
    const { model } = listeningTrainer();
    for (const loss of [
      'mse',
      'MeanSquaredError',
      'mean_squared_error',
      (a: tf.Tensor, b: tf.Tensor) => tf.squaredDifference(a, b),
    ] as const) {
      const trainer = new Trainer(model, {
        optimizer: tf.train.sgd(0),
        loss,
        metrics: ['mae', half, { name: 'mine', values: half }, 'mae'],
      });
      // Differences of 1, 2, 3, 4, 5 in batches of 2, 2, 1.
      const y = { data: Float32Array.of(1, 3, 5, 7, 9), shape: [5, 1] };
      const { history } = await trainer.fit(column(5), y, { batchSize: 2, verbose: 0 });
      expect(Object.entries(history)).toEqual([
        ['half', [1.5]],
        ['loss', [11]],
        ['mae', [3]],
        ['mae_1', [3]],
        ['mine', [1.5]],
      ]);
    }
  });

  test('batch logs are the running means, and are only computed for those who read them', async () => {
    const { trainer } = listeningTrainer();
    const y = { data: Float32Array.of(1, 3, 5), shape: [3, 1] };
    const seen: Logs[] = [];
    const read: CallbackHooks = { onTrainBatchEnd: (_batch, logs) => void seen.push({ ...logs }) };
    await trainer.fit(column(3), y, { batchSize: 1, shuffle: false, verbose: 0, callbacks: [read] });
    expect(seen).toEqual([{ loss: 1 }, { loss: 2.5 }, { loss: 14 / 3 }]);
    seen.length = 0;
    await trainer.fit(column(3), y, {
      batchSize: 1,
      shuffle: false,
      verbose: 0,
      callbacks: [{ ...read, batchLogs: false }],
    });
    expect(seen).toEqual([{}, {}, {}]);
  });

  test('whoever reads the logs, the epoch has the same ones', async () => {
    const plain = await trainPlain();
    const { whole } = await trainPlain({
      before: [{ batchLogs: 'latest', onTrainBatchEnd: () => undefined }],
    });
    expect(whole.history).toEqual(plain.whole.history);
    const { x, y } = plainData(10);
    const trainer = plainTrainer();
    const silent = await trainer.fit(x, y, { epochs: 2, batchSize: 3, seed: 7, verbose: 0 });
    const reading = await plainTrainer().fit(x, y, {
      epochs: 2,
      batchSize: 3,
      seed: 7,
      verbose: 0,
      callbacks: [{ onTrainBatchEnd: () => undefined }],
    });
    expect(reading.history).toEqual(silent.history);
  });
});
