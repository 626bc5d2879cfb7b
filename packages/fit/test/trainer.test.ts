import { cpuBackend } from '@keepfit/backend-cpu';
import { type CallbackHooks, History, type Logs, type TrainerView } from '@keepfit/callbacks';
import { type Model, Trainer, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { caught } from './helpers/caught.js';
import { plainData } from './helpers/plain-data.js';
import { plainTrainer, trainPlain } from './helpers/train-plain.js';
import { weightsOf } from './helpers/weights-of.js';

beforeAll(() => useBackend(cpuBackend()));
afterEach(() => vi.restoreAllMocks());

/** Writes down the first column of every batch that it is called with. */
function listeningModel(): Model & { readonly trained: number[][]; readonly tested: number[][] } {
  const variable = tf.variable(tf.ones([1]));
  const trained: number[][] = [];
  const tested: number[][] = [];
  return {
    trained,
    tested,
    weights: [{ name: 'scale', variable, trainable: true }],
    call(inputs, { training }) {
      const x = inputs as tf.Tensor2D;
      (training ? trained : tested).push([...tf.slice(x, [0, 0], [x.shape[0], 1]).dataSync()]);
      return tf.mul(x, variable);
    },
  };
}

const column = (count: number, from = 0): { data: Float32Array; shape: number[] } => ({
  data: Float32Array.from({ length: count }, (_, index) => from + index),
  shape: [count, 1],
});
const listening = () => {
  const model = listeningModel();
  return { model, trainer: new Trainer(model, { optimizer: tf.train.sgd(0), loss: 'mse' }) };
};

describe('data', () => {
  test('as tensors, typed arrays with a shape and nested arrays train the same', async () => {
    const { x, y } = plainData(10);
    const nested = (array: typeof x): number[][] => Array.from({ length: 10 }, (_, row) => [...array.data.slice((row * array.data.length) / 10, ((row + 1) * array.data.length) / 10)]);
    const ends = [];
    for (const [xs, ys] of [[x, y], [tf.tensor(x.data, [10, 3]), tf.tensor(y.data, [10, 1])], [nested(x), nested(y)], [{ ...x, data: Float64Array.from(x.data) }, { ...y, data: Uint8Array.from(y.data) }]] as const) {
      const trainer = plainTrainer();
      await trainer.fit(xs, ys, { epochs: 2, batchSize: 4, seed: 7, verbose: 0 });
      ends.push(weightsOf(trainer));
    }
    for (const end of ends) expect(end).toEqual(ends[0]);
  });

  test('numbers in a plain list with a shape are as good', async () => {
    const { model, trainer } = listening();
    const x = { data: [1, 2, 3, 4], shape: [2, 2] };
    await trainer.fit(x, x, { shuffle: false, verbose: 0 });
    expect(model.trained).toEqual([[1, 3]]);
  });

  test('a tensor that is given is read once: what its owner does with it later changes nothing', async () => {
    const { model, trainer } = listening();
    const x = tf.tensor([[1], [2], [3]]);
    const running = trainer.fit(x, x, { shuffle: false, batchSize: 1, verbose: 0, callbacks: [{ onTrainBegin: () => x.dispose() }] });
    await running;
    expect(model.trained).toEqual([[1], [2], [3]]);
  });

  test('int32 stays whole numbers, everything else becomes float32', async () => {
    const seen: string[] = [];
    const model: Model = {
      ...listeningModel(),
      call: (inputs) => {
        seen.push((inputs as tf.Tensor).dtype);
        return tf.cast(inputs as tf.Tensor, 'float32');
      },
    };
    const trainer = new Trainer(model, { optimizer: tf.train.sgd(0), loss: 'mse' });
    for (const data of [Int32Array.of(1, 2), Uint8Array.of(1, 2), Float64Array.of(1, 2), Int16Array.of(1, 2)]) {
      await trainer.evaluate({ data, shape: [2, 1] }, column(2), { verbose: 0 });
    }
    await trainer.evaluate(tf.tensor([[1], [2]], [2, 1], 'int32'), column(2), { verbose: 0 });
    await trainer.evaluate(tf.tensor([[1], [0]], [2, 1], 'bool'), column(2), { verbose: 0 });
    expect(seen).toEqual(['int32', 'float32', 'float32', 'float32', 'int32', 'float32']);
  });

  test('all samples are trained once a pass, the last batch is smaller', async () => {
    const { model, trainer } = listening();
    await trainer.fit(column(10), column(10), { batchSize: 4, epochs: 3, verbose: 0 });
    expect(model.trained.map((batch) => batch.length)).toEqual([4, 4, 2, 4, 4, 2, 4, 4, 2]);
    for (const epoch of [0, 3, 6]) {
      expect(model.trained.slice(epoch, epoch + 3).flat().sort((a, b) => a - b)).toEqual([...column(10).data]);
    }
  });

  test('shuffle false keeps the order; with a seed the order repeats, and is another in each pass', async () => {
    const order = async (options: object): Promise<string[]> => {
      const { model, trainer } = listening();
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
    const { model } = listening();
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
    for (const [samples, validationSplit, trained] of [[10, 0.25, 7], [10, 0.3, 7], [7, 0.2, 5], [3, 0.5, 1]] as const) {
      const { model, trainer } = listening();
      await trainer.fit(column(samples), column(samples), { batchSize: 100, validationSplit, verbose: 0 });
      expect(model.trained.flat().sort((a, b) => a - b)).toEqual([...column(samples).data.slice(0, trained)]);
      expect(model.tested.flat()).toEqual([...column(samples).data.slice(trained)]);
    }
  });

  test('validationData wins over validationSplit, is not shuffled, and its logs begin with val_', async () => {
    const { model, trainer } = listening();
    const { history } = await trainer.fit(column(4), column(4), { validationData: [column(3, 100), column(3, 101)], validationSplit: 0.5, verbose: 0 });
    expect(model.trained.flat()).toHaveLength(4);
    expect(model.tested).toEqual([[100, 101, 102]]);
    expect(history['val_loss']).toEqual([1]);
  });

  test('validationFreq, validationBatchSize and validationSteps', async () => {
    const { model, trainer } = listening();
    const validationData = [column(6), column(6)] as const;
    const every = await trainer.fit(column(2), column(2), { epochs: 5, validationData, validationFreq: 2, validationBatchSize: 2, validationSteps: 2, verbose: 0 });
    expect(model.tested).toEqual([[0, 1], [2, 3], [0, 1], [2, 3]]);
    expect(every.history['val_loss']).toHaveLength(2);
    expect(every.history['loss']).toHaveLength(5);
    const listed = await trainer.fit(column(2), column(2), { epochs: 5, validationData, validationFreq: [1, 5], verbose: 0 });
    expect(listed.history['val_loss']).toHaveLength(2);
  });
});

describe('logs', () => {
  test('losses and metrics by name, function and object; each under its key, in order, as means over samples', async () => {
    const half = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => tf.mul(tf.abs(tf.sub(yTrue, yPred)), 0.5);
    const { model } = listening();
    for (const loss of ['mse', 'MeanSquaredError', 'mean_squared_error', (a: tf.Tensor, b: tf.Tensor) => tf.squaredDifference(a, b)]) {
      const trainer = new Trainer(model, { optimizer: tf.train.sgd(0), loss, metrics: ['mae', half, { name: 'mine', values: half }, 'mae'] });
      // Differences of 1, 2, 3, 4, 5 in batches of 2, 2, 1.
      const y = { data: Float32Array.of(1, 3, 5, 7, 9), shape: [5, 1] };
      const { history } = await trainer.fit(column(5), y, { batchSize: 2, verbose: 0 });
      expect(Object.entries(history)).toEqual([['loss', [11]], ['mae', [3]], ['half', [1.5]], ['mine', [1.5]], ['mae_1', [3]]]);
    }
  });

  test('batch logs are the running means, and are only computed for those who read them', async () => {
    const { trainer } = listening();
    const y = { data: Float32Array.of(1, 3, 5), shape: [3, 1] };
    const seen: Logs[] = [];
    const read: CallbackHooks = { onTrainBatchEnd: (_batch, logs) => void seen.push({ ...logs }) };
    await trainer.fit(column(3), y, { batchSize: 1, shuffle: false, verbose: 0, callbacks: [read] });
    expect(seen).toEqual([{ loss: 1 }, { loss: 2.5 }, { loss: 14 / 3 }]);
    seen.length = 0;
    await trainer.fit(column(3), y, { batchSize: 1, shuffle: false, verbose: 0, callbacks: [{ ...read, batchLogs: false }] });
    expect(seen).toEqual([{}, {}, {}]);
  });

  test('whoever reads the logs, the epoch has the same ones', async () => {
    const plain = await trainPlain();
    const { whole } = await trainPlain({ before: [{ batchLogs: 'latest', onTrainBatchEnd: () => undefined }] });
    expect(whole.history).toEqual(plain.whole.history);
    const { x, y } = plainData(10);
    const trainer = plainTrainer();
    const silent = await trainer.fit(x, y, { epochs: 2, batchSize: 3, seed: 7, verbose: 0 });
    const reading = await plainTrainer().fit(x, y, { epochs: 2, batchSize: 3, seed: 7, verbose: 0, callbacks: [{ onTrainBatchEnd: () => undefined }] });
    expect(reading.history).toEqual(silent.history);
  });
});

test('verbose 0 writes nothing; 2 writes', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const { trainer } = listening();
  await trainer.fit(column(4), column(4), { verbose: 0, validationSplit: 0.5 });
  await trainer.evaluate(column(4), column(4), { verbose: 0 });
  expect(write).not.toHaveBeenCalled();
  expect(log).not.toHaveBeenCalled();
  await trainer.fit(column(4), column(4), { verbose: 2 });
  expect(write.mock.calls.length + log.mock.calls.length).toBeGreaterThan(0);
});

test('a fit inside a running fit is KEEPFIT_FIT_RUNNING, and afterwards fit may run again', async () => {
  const { trainer } = listening();
  const inner: CallbackHooks = { onEpochEnd: async () => void (await trainer.fit(column(2), column(2), { verbose: 0 })) };
  const error = await caught(trainer.fit(column(2), column(2), { verbose: 0, callbacks: [inner] }));
  expect(error.code).toBe('KEEPFIT_FIT_RUNNING');
  const [first, second] = [trainer.fit(column(2), column(2), { verbose: 0 }), caught(trainer.fit(column(2), column(2), { verbose: 0 }))];
  expect((await second).code).toBe('KEEPFIT_FIT_RUNNING');
  expect((await first).epoch).toEqual([0]);
});

test('evaluate and predict inside a hook change nothing in the training', async () => {
  const plain = await trainPlain();
  const trainer = plainTrainer();
  const { x, y } = plainData(8, 30);
  const look: CallbackHooks = {
    batchLogs: false,
    onTrainBatchEnd: async () => void tf.dispose(await trainer.predict(x, { verbose: 0 })),
    onEpochEnd: async () => void (await trainer.evaluate(x, y, { verbose: 0 })),
    onTestBatchEnd: async () => void (await trainer.evaluate(x, y, { verbose: 0, batchSize: 3 })),
  };
  expect((await trainPlain({ before: [look] }, trainer)).proof).toEqual(plain.proof);
});

describe('stopTraining', () => {
  async function stoppedIn(hook: keyof CallbackHooks, when: (place: number) => boolean): Promise<{ hooks: string[]; history: History }> {
    let model: TrainerView | undefined;
    const hooks: string[] = [];
    const stop: CallbackHooks = {
      setModel: (view) => void (model = view),
      [hook]: (place: number) => void (when(place) && (model!.stopTraining = true)),
    };
    const note = (name: string) => (place: number) => void hooks.push(`${name} ${place}`);
    const watch: CallbackHooks = { onTrainBatchEnd: note('batch'), onEpochEnd: note('epoch'), onTestEnd: () => void hooks.push('test'), onTrainEnd: () => void hooks.push('end') };
    const { trainer } = listening();
    const history = await trainer.fit(column(4), column(4), { batchSize: 2, epochs: 3, verbose: 0, validationSplit: 0, validationData: [column(2), column(2)], callbacks: [stop, watch] });
    return { hooks, history };
  }

  test('in a batch ends the epoch after that batch, which is validated, and then the training', async () => {
    expect((await stoppedIn('onTrainBatchEnd', (batch) => batch === 0)).hooks).toEqual(['batch 0', 'test', 'epoch 0', 'end']);
  });

  test('at an epoch\'s end ends the training there', async () => {
    const { hooks, history } = await stoppedIn('onEpochEnd', (epoch) => epoch === 1);
    expect(hooks).toEqual(['batch 0', 'batch 1', 'test', 'epoch 0', 'batch 0', 'batch 1', 'test', 'epoch 1', 'end']);
    expect(history.epoch).toEqual([0, 1]);
  });

  test('within validation ends the training after that epoch', async () => {
    expect((await stoppedIn('onTestEnd', () => true)).hooks).toEqual(['batch 0', 'batch 1', 'test', 'epoch 0', 'end']);
  });

  test('does not stick: the next fit runs', async () => {
    const { trainer } = listening();
    trainer.stopTraining = true;
    expect((await trainer.fit(column(2), column(2), { epochs: 2, verbose: 0 })).epoch).toEqual([0, 1]);
  });
});

test('a hook that throws names the callback and the hook, and has the original as cause', async () => {
  const cause = new TypeError('no such thing');
  class Broken {
    onEpochEnd(): void {
      throw cause;
    }
  }
  const { trainer } = listening();
  const error = await caught(trainer.fit(column(2), column(2), { verbose: 0, callbacks: [new Broken()] }));
  expect(error).toMatchObject({ code: 'KEEPFIT_HOOK_FAILED', cause });
  expect(error.message).toContain('onEpochEnd of the callback Broken threw: no such thing');
});

describe('evaluate and predict', () => {
  test('evaluate gives the logs of all samples, with its hooks, and steps limits it', async () => {
    const { trainer } = listening();
    const y = { data: Float32Array.of(1, 3, 5), shape: [3, 1] };
    const hooks: string[] = [];
    const note = (name: string) => (place: unknown) => void hooks.push(typeof place === 'number' ? `${name} ${place}` : name);
    const callbacks = [{ onTestBegin: note('begin'), onTestBatchBegin: note('batch'), onTestBatchEnd: note('end'), onTestEnd: note('over'), onTrainBegin: note('wrong'), onPredictBegin: note('wrong') }];
    expect(await trainer.evaluate(column(3), y, { batchSize: 2, verbose: 0, callbacks })).toEqual({ loss: 14 / 3 });
    expect(hooks).toEqual(['begin', 'batch 0', 'end 0', 'batch 1', 'end 1', 'over']);
    expect(await trainer.evaluate(column(3), y, { batchSize: 2, steps: 1, verbose: 0 })).toEqual({ loss: 2.5 });
  });

  test('evaluate weighs samples', async () => {
    const { trainer } = listening();
    const y = { data: Float32Array.of(1, 3), shape: [2, 1] };
    expect(await trainer.evaluate(column(2), y, { sampleWeight: [1, 0], verbose: 0 })).toEqual({ loss: 0.5 });
  });

  test('predict gives the outputs of all samples in order, and each batch to its hook', async () => {
    const { trainer } = listening();
    const seen: number[][] = [];
    const callbacks: CallbackHooks[] = [{ onPredictBatchEnd: (_batch, { outputs }) => void seen.push([...(outputs as tf.Tensor).dataSync()]) }];
    const outputs = (await trainer.predict(column(5), { batchSize: 2, verbose: 0, callbacks })) as tf.Tensor;
    expect(outputs.shape).toEqual([5, 1]);
    expect([...outputs.dataSync()]).toEqual([0, 1, 2, 3, 4]);
    expect(seen).toEqual([[0, 1], [2, 3], [4]]);
  });

  test('neither trains anything', async () => {
    const trainer = plainTrainer();
    const before = weightsOf(trainer);
    const { x, y } = plainData(6);
    await trainer.evaluate(x, y, { verbose: 0 });
    await trainer.predict(x, { verbose: 0 });
    expect(weightsOf(trainer)).toEqual(before);
  });
});

test('a model of two inputs and outputs is given data by list and by name, and logs each output\'s loss', async () => {
  const variable = tf.variable(tf.scalar(1));
  const model: Model = {
    weights: [{ name: 'scale', variable, trainable: true }],
    inputNames: ['a', 'b'],
    outputNames: ['sum', 'difference'],
    call: (inputs) => {
      const [a, b] = inputs as [tf.Tensor, tf.Tensor];
      return [tf.mul(tf.add(a, b), variable), tf.mul(tf.sub(a, b), variable)];
    },
  };
  const trainer = new Trainer(model, { optimizer: tf.train.sgd(0), loss: { sum: 'mse', difference: 'mae' }, lossWeights: { sum: 1, difference: 10 }, metrics: { sum: ['mae'] } });
  const [a, b] = [column(2, 4), column(2, 1)];
  const y = { sum: { data: Float32Array.of(3, 5), shape: [2, 1] }, difference: { data: Float32Array.of(1, 1), shape: [2, 1] } };
  for (const logs of [await trainer.evaluate({ b, a }, y, { verbose: 0 }), await trainer.evaluate([a, b], [y.sum, y.difference], { verbose: 0 })]) {
    expect(Object.entries(logs)).toEqual([['loss', 24], ['sum_loss', 4], ['difference_loss', 2], ['sum_mae', 2]]);
  }
});
