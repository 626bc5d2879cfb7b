import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks, type History, type TrainerView } from '@keepfit/callbacks';
import { type Model, Trainer, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { caught } from './helpers/caught.js';
import { column, listeningTrainer } from './helpers/listening-trainer.js';
import { plainData } from './helpers/plain-data.js';
import { throwAt } from './helpers/throw-at.js';
import { plainTrainer, trainPlain } from './helpers/train-plain.js';
import { weightsOf } from './helpers/weights-of.js';

beforeAll(() => useBackend(cpuBackend()));
afterEach(() => vi.restoreAllMocks());

test('verbose 0 writes nothing; 2 writes', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const { trainer } = listeningTrainer();
  await trainer.fit(column(4), column(4), { verbose: 0, validationSplit: 0.5 });
  await trainer.evaluate(column(4), column(4), { verbose: 0 });
  expect(write).not.toHaveBeenCalled();
  expect(log).not.toHaveBeenCalled();
  await trainer.fit(column(4), column(4), { verbose: 2 });
  expect(write.mock.calls.length + log.mock.calls.length).toBeGreaterThan(0);
});

test('a fit inside a running fit is KEEPFIT_FIT_RUNNING, and afterwards fit may run again', async () => {
  const { trainer } = listeningTrainer();
  const inner: CallbackHooks = {
    onEpochEnd: async () => void (await trainer.fit(column(2), column(2), { verbose: 0 })),
  };
  const error = await caught(trainer.fit(column(2), column(2), { verbose: 0, callbacks: [inner] }));
  expect(error.code).toBe('KEEPFIT_FIT_RUNNING');
  const [first, second] = [
    trainer.fit(column(2), column(2), { verbose: 0 }),
    caught(trainer.fit(column(2), column(2), { verbose: 0 })),
  ];
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
  async function stoppedIn(
    hook: keyof CallbackHooks,
    when: (place: number) => boolean,
  ): Promise<{ hooks: string[]; history: History }> {
    let model: TrainerView | undefined;
    const hooks: string[] = [];
    const stop: CallbackHooks = {
      setModel: (view) => void (model = view),
      [hook]: (place: number) => void (when(place) && (model!.stopTraining = true)),
    };
    const note = (name: string) => (place: number) => void hooks.push(`${name} ${place}`);
    const watch: CallbackHooks = {
      onTrainBatchEnd: note('batch'),
      onEpochEnd: note('epoch'),
      onTestEnd: () => void hooks.push('test'),
      onTrainEnd: () => void hooks.push('end'),
    };
    const { trainer } = listeningTrainer();
    const history = await trainer.fit(column(4), column(4), {
      batchSize: 2,
      epochs: 3,
      verbose: 0,
      validationSplit: 0,
      validationData: [column(2), column(2)],
      callbacks: [stop, watch],
    });
    return { hooks, history };
  }

  test('in a batch ends the epoch after that batch, which is validated, and then the training', async () => {
    expect((await stoppedIn('onTrainBatchEnd', (batch) => batch === 0)).hooks).toEqual([
      'batch 0',
      'test',
      'epoch 0',
      'end',
    ]);
  });

  test("at an epoch's end ends the training there", async () => {
    const { hooks, history } = await stoppedIn('onEpochEnd', (epoch) => epoch === 1);
    expect(hooks).toEqual([
      'batch 0',
      'batch 1',
      'test',
      'epoch 0',
      'batch 0',
      'batch 1',
      'test',
      'epoch 1',
      'end',
    ]);
    expect(history.epoch).toEqual([0, 1]);
  });

  test('within validation ends the training after that epoch', async () => {
    expect((await stoppedIn('onTestEnd', () => true)).hooks).toEqual([
      'batch 0',
      'batch 1',
      'test',
      'epoch 0',
      'end',
    ]);
  });

  test('from outside counts from the call of fit on, while fit still reads its data', async () => {
    const { trainer } = listeningTrainer();
    const running = trainer.fit(column(2), column(2), { epochs: 3, verbose: 0 });
    trainer.stopTraining = true;
    expect((await running).epoch).toEqual([0]);
  });

  test.each([
    ['between epochs', 'epoch', 'onTrainBegin', []],
    ['within an epoch', 1, 'onEpochBegin', [0]],
  ] as const)(
    'from outside while a state saved %s is restored ends the training too',
    async (_place, saveFreq, hook, epochs) => {
      const store = memoryStore();
      const run = (trainer: Trainer, other: CallbackHooks) =>
        trainer.fit(column(2), column(2), {
          batchSize: 1,
          epochs: 3,
          verbose: 0,
          callbacks: [new BackupAndRestore(store, { saveFreq }), other],
        });
      await caught(run(listeningTrainer().trainer, throwAt({ hook: 'onTrainBatchEnd', call: 2 })));
      const { trainer } = listeningTrainer();
      let isPressed = false;
      const press: CallbackHooks = {
        batchLogs: false,
        [hook]: () => {
          if (!isPressed) trainer.stopTraining = true;
          isPressed = true;
        },
      };
      expect((await run(trainer, press)).epoch).toEqual(epochs);
      expect(await store.keys()).toEqual([]);
    },
  );

  test('does not stick: the next fit runs', async () => {
    const { trainer } = listeningTrainer();
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
  const { trainer } = listeningTrainer();
  const error = await caught(trainer.fit(column(2), column(2), { verbose: 0, callbacks: [new Broken()] }));
  expect(error).toMatchObject({ code: 'KEEPFIT_HOOK_FAILED', cause });
  expect(error.message).toContain('onEpochEnd of the callback Broken threw: no such thing');
});

describe('evaluate and predict', () => {
  test('evaluate gives the logs of all samples, with its hooks, and steps limits it', async () => {
    const { trainer } = listeningTrainer();
    const y = { data: Float32Array.of(1, 3, 5), shape: [3, 1] };
    const hooks: string[] = [];
    const note = (name: string) => (place: unknown) =>
      void hooks.push(typeof place === 'number' ? `${name} ${place}` : name);
    const callbacks = [
      {
        onTestBegin: note('begin'),
        onTestBatchBegin: note('batch'),
        onTestBatchEnd: note('end'),
        onTestEnd: note('over'),
        onTrainBegin: note('wrong'),
        onPredictBegin: note('wrong'),
      },
    ];
    expect(await trainer.evaluate(column(3), y, { batchSize: 2, verbose: 0, callbacks })).toEqual({
      loss: 14 / 3,
    });
    expect(hooks).toEqual(['begin', 'batch 0', 'end 0', 'batch 1', 'end 1', 'over']);
    expect(await trainer.evaluate(column(3), y, { batchSize: 2, steps: 1, verbose: 0 })).toEqual({
      loss: 2.5,
    });
  });

  test('evaluate weighs samples', async () => {
    const { trainer } = listeningTrainer();
    const y = { data: Float32Array.of(1, 3), shape: [2, 1] };
    expect(await trainer.evaluate(column(2), y, { sampleWeight: [1, 0], verbose: 0 })).toEqual({ loss: 0.5 });
  });

  test('predict gives the outputs of all samples in order, and each batch to its hook', async () => {
    const { trainer } = listeningTrainer();
    const seen: number[][] = [];
    const callbacks: CallbackHooks[] = [
      { onPredictBatchEnd: (_batch, { outputs }) => void seen.push([...(outputs as tf.Tensor).dataSync()]) },
    ];
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

test("a model of two inputs and outputs is given data by list and by name, and logs each output's loss", async () => {
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
  const trainer = new Trainer(model, {
    optimizer: tf.train.sgd(0),
    loss: { sum: 'mse', difference: 'mae' },
    lossWeights: { sum: 1, difference: 10 },
    metrics: { sum: ['mae'] },
  });
  const [a, b] = [column(2, 4), column(2, 1)];
  const y = {
    sum: { data: Float32Array.of(3, 5), shape: [2, 1] },
    difference: { data: Float32Array.of(1, 1), shape: [2, 1] },
  };
  for (const logs of [
    await trainer.evaluate({ b, a }, y, { verbose: 0 }),
    await trainer.evaluate([a, b], [y.sum, y.difference], { verbose: 0 }),
  ]) {
    expect(Object.entries(logs)).toEqual([
      ['difference_loss', 2],
      ['loss', 24],
      ['sum_loss', 4],
      ['sum_mae', 2],
    ]);
  }
});

test('an output with null as loss has none, as in Keras: its metrics are computed, its weights stay', async () => {
  const [a, b] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(1))];
  const model: Model = {
    weights: [
      { name: 'a', variable: a, trainable: true },
      { name: 'b', variable: b, trainable: true },
    ],
    outputNames: ['a', 'b'],
    call: (x) => [tf.mul(x as tf.Tensor, a), tf.mul(x as tf.Tensor, b)],
  };
  const y = [column(2, 4), column(2, 1)] as const;
  for (const loss of [['mse', null], { a: 'mse', b: null }] as const) {
    const trainer = new Trainer(model, {
      optimizer: 'adam',
      loss,
      lossWeights: 0.5,
      metrics: { b: ['mae'] },
    });
    expect(Object.entries(await trainer.evaluate(column(2, 2), [...y], { verbose: 0 }))).toEqual([
      ['b_mae', 1],
      ['loss', 2],
    ]);
    await trainer.fit(column(2, 2), [...y], { verbose: 0 });
    expect(b.dataSync()[0]).toBe(1);
    expect(a.dataSync()[0]).not.toBe(1);
    a.assign(tf.scalar(1));
  }
  expect(() => new Trainer(model, { optimizer: 'adam', loss: [null, null] })).toThrow(
    /null for every output/,
  );
  expect(() => new Trainer(model, { optimizer: 'adam', loss: { a: 'mse' } })).toThrow(
    /null for an output without a loss/,
  );
});
