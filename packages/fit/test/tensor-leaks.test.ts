import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import { faultyStore } from '@keepfit/callbacks/testing';
import { type DataBatch, type LossName, type Model, Trainer, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { adam } from '@keepfit/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';
import { FIT_HOOKS } from './helpers/look.js';
import { plainData } from './helpers/plain-data.js';
import { type PlainModel, plainModel } from './helpers/plain-model.js';
import { copyOf } from './helpers/stored.js';
import { throwAt } from './helpers/throw-at.js';
import { plainTrainer, trainPlain } from './helpers/train-plain.js';

/** Its optimizer has its slots, so that nothing of a fit is left on purpose. */
let trainer: Trainer;

beforeAll(() => useBackend(cpuBackend()));
beforeEach(async () => {
  trainer = plainTrainer();
  await trainPlain({}, trainer);
});

const held = () => {
  const { numTensors, numDataBuffers } = tf.memory();
  return { numTensors, numDataBuffers };
};

async function expectNoLeak(run: () => Promise<unknown>): Promise<void> {
  const before = held();
  await run();
  expect(held()).toEqual(before);
}

test.each([1, 3, 'epoch'] as const)('a fit with backups leaves no tensor, saveFreq %s', async (saveFreq) => {
  await expectNoLeak(() =>
    trainPlain({ before: [new BackupAndRestore(memoryStore(), { saveFreq })] }, trainer),
  );
});

test('a fit that is resumed leaves no tensor', async () => {
  for (const saveFreq of [1, 'epoch'] as const) {
    await expectNoLeak(async () => {
      const store = memoryStore();
      await caught(
        trainPlain(
          {
            before: [
              new BackupAndRestore(store, { saveFreq }),
              throwAt({ hook: 'onTrainBatchEnd', call: 7 }),
            ],
          },
          trainer,
        ),
      );
      await trainPlain({ before: [new BackupAndRestore(store, { saveFreq })] }, trainer);
    });
  }
});

test('a fit that is resumed in a fresh optimizer leaves its slots and nothing else', async () => {
  const store = memoryStore();
  await caught(
    trainPlain(
      { before: [new BackupAndRestore(store), throwAt({ hook: 'onTrainBatchEnd', call: 7 })] },
      trainer,
    ),
  );
  await expectNoLeak(async () => {
    const fresh = plainTrainer({ init: 99 });
    await trainPlain({ before: [new BackupAndRestore(store)] }, fresh);
    fresh.optimizer.dispose();
    (fresh.model as PlainModel).dispose();
  });
});

test('a checkpoint from before the first step takes the slots away, and leaks none', async () => {
  const store = memoryStore();
  const first = plainTrainer();
  await caught(
    trainPlain(
      { before: [new BackupAndRestore(store), throwAt({ hook: 'onTrainBatchBegin', call: 1 })] },
      first,
    ),
  );
  await expectNoLeak(() => trainPlain({ before: [new BackupAndRestore(store)] }, trainer));
});

test.each(FIT_HOOKS)('a fit that throws in %s leaves no tensor', async (hook) => {
  for (const saveFreq of [1, 'epoch'] as const) {
    await expectNoLeak(() =>
      caught(
        trainPlain(
          {
            before: [new BackupAndRestore(memoryStore(), { saveFreq })],
            after: [throwAt({ hook, call: 1 })],
          },
          trainer,
        ),
      ),
    );
  }
});

test('a resumed fit that throws before it is put back leaves no tensor', async () => {
  const saved = memoryStore();
  await caught(
    trainPlain(
      {
        before: [new BackupAndRestore(saved, { saveFreq: 1 }), throwAt({ hook: 'onTrainBatchEnd', call: 7 })],
      },
      trainer,
    ),
  );
  for (const hook of ['onTrainBegin', 'onEpochBegin', 'onTrainBatchBegin'] as const) {
    const store = await copyOf(saved);
    await expectNoLeak(() =>
      caught(trainPlain({ before: [new BackupAndRestore(store), throwAt({ hook, call: 1 })] }, trainer)),
    );
  }
});

test('a backup that fails, or is interrupted, leaves no tensor', async () => {
  await expectNoLeak(() =>
    caught(
      trainPlain(
        {
          before: [
            new BackupAndRestore(faultyStore(memoryStore(), [{ operation: 'set', call: 2 }]), {
              saveFreq: 1,
            }),
          ],
        },
        trainer,
      ),
    ),
  );
  const preemption = AbortSignal.abort();
  await expectNoLeak(() =>
    caught(trainPlain({ before: [new BackupAndRestore(memoryStore(), { preemption })] }, trainer)),
  );
});

test('a checkpoint that does not fit leaves no tensor', async () => {
  const store = memoryStore();
  await caught(
    trainPlain(
      {
        before: [new BackupAndRestore(store, { saveFreq: 1 }), throwAt({ hook: 'onTrainBatchEnd', call: 7 })],
      },
      trainer,
    ),
  );
  await expectNoLeak(() =>
    caught(trainPlain({ options: { batchSize: 5 }, before: [new BackupAndRestore(store)] }, trainer)),
  );
});

describe('what throws within a step leaves no tensor', () => {
  /** Fits a model that throws in its so many-th call, having made tensors. */
  function throwing(
    failAt: number,
    where: 'call' | 'loss' | 'metric' | 'losses',
  ): { fit: () => Promise<unknown> } {
    const plain = plainModel(1);
    let calls = 0;
    const fail = (place: string): void => {
      if (place !== where) return;
      calls += 1;
      if (calls === failAt) throw new Error(`broken ${place}`);
    };
    const model: Model = {
      ...plain,
      call: (inputs, context) => {
        const outputs = plain.call(inputs, context);
        fail('call');
        return outputs;
      },
      losses: () => {
        const penalty = tf.mul(tf.sum(tf.square(plain.weights[0]!.variable)), 0.01) as tf.Scalar;
        fail('losses');
        return [penalty];
      },
    };
    const loss = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const squares = tf.squaredDifference(yTrue, yPred);
      fail('loss');
      return tf.mean(squares, -1);
    };
    const metric = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
      const values = tf.abs(tf.sub(yTrue, yPred));
      fail('metric');
      return values;
    };
    const used = new Trainer(model, { optimizer: tf.train.sgd(0.1), loss, metrics: [metric, 'auc'] });
    const { x, y } = plainData(10);
    const backup = new BackupAndRestore(memoryStore(), { saveFreq: 1 });
    const fit = async () => {
      await used.fit(x, y, {
        epochs: 2,
        batchSize: 3,
        validationData: [x, y],
        verbose: 0,
        callbacks: [backup],
      });
    };
    return { fit };
  }

  // The sixth is in the validation.
  test.each(['call', 'loss', 'metric', 'losses'] as const)('in the %s', async (where) => {
    for (const failAt of [1, 3, 6]) {
      const { fit } = throwing(failAt, where);
      const before = held();
      expect((await caught(fit())).message).toBe(`broken ${where}`);
      expect(held(), `${where} ${failAt}`).toEqual(before);
    }
  });
});

test('evaluate leaves no tensor, and predict its result', async () => {
  const { x, y } = plainData(10);
  await expectNoLeak(() => trainer.evaluate(x, y, { batchSize: 3, verbose: 0 }));
  await expectNoLeak(async () => tf.dispose(await trainer.predict(x, { batchSize: 3, verbose: 0 })));
  for (const hook of [
    'onPredictBegin',
    'onPredictBatchBegin',
    'onPredictBatchEnd',
    'onPredictEnd',
  ] as const) {
    const callbacks: CallbackHooks[] = [throwAt({ hook, call: 1 })];
    await expectNoLeak(() => caught(trainer.predict(x, { batchSize: 3, verbose: 0, callbacks })));
  }
});

test('bad data and bad options leave no tensor', async () => {
  const { x, y } = plainData(10);
  await expectNoLeak(() => caught(trainer.fit(x, plainData(9).y, { verbose: 0 })));
  await expectNoLeak(() => caught(trainer.fit(x, y, { batchSize: 0 })));
  await expectNoLeak(() => caught(trainer.fit(x, y, { verbose: 0, callbacks: [{ getState: () => ({}) }] })));
});

test("tensors given as data stay the caller's", async () => {
  const [x, y] = [tf.ones([6, 3]), tf.zeros([6, 1])];
  await expectNoLeak(() => trainer.fit(x, y, { verbose: 0, validationSplit: 0.5 }));
  expect([x.isDisposed, y.isDisposed]).toEqual([false, false]);
  tf.dispose([x, y]);
});

test.each<[what: string, batch: DataBatch]>([
  [
    'targets of fewer samples',
    {
      xs: [
        [0, 0, 0],
        [1, 1, 1],
      ],
      ys: [[1]],
    },
  ],
  [
    'targets that are no numbers',
    {
      xs: [
        [0, 0, 0],
        [1, 1, 1],
      ],
      ys: [['1'], ['0']] as never,
    },
  ],
  [
    'a second input that has another shape than data',
    {
      xs: [
        { data: new Float32Array(3), shape: [1, 3] },
        { data: new Float32Array(2), shape: [1, 3] },
      ],
      ys: [[1]],
    },
  ],
  [
    'weights of fewer samples',
    {
      xs: [
        [0, 0, 0],
        [1, 1, 1],
      ],
      ys: [[1], [0]],
      sampleWeights: [1],
    },
  ],
])('a batch that is refused for %s leaves no tensor', async (_what, batch) => {
  await expectNoLeak(async () => {
    expect((await caught(trainer.fit(() => [batch], { verbose: 0 }))).code).toBe('KEEPFIT_INVALID_DATA');
  });
});

test('a prediction that throws at the second batch of an execution leaves no tensor', async () => {
  let calls = 0;
  const model: Model = {
    ...trainer.model,
    call(inputs, context) {
      calls += 1;
      if (calls === 2) throw new Error('broken call');
      return trainer.model.call(inputs, context);
    },
  };
  const predicting = new Trainer(model, { optimizer: trainer.optimizer, loss: 'mse', stepsPerExecution: 3 });
  await expectNoLeak(() => caught(predicting.predict(plainData(10).x, { batchSize: 3, verbose: 0 })));
});

test('a prediction whose batches have outputs that do not fit together leaves no tensor', async () => {
  let calls = 0;
  const model: Model = {
    ...trainer.model,
    call: (inputs) => [tf.add(inputs as tf.Tensor, 1), tf.zeros([3, (calls += 1)])],
  };
  const predicting = new Trainer(model, { optimizer: trainer.optimizer, loss: ['mse', 'mse'] });
  await expectNoLeak(() => caught(predicting.predict(plainData(9).x, { batchSize: 3, verbose: 0 })));
});

test('a trainer makes an optimizer of a name once, and none where another option is wrong', () => {
  const make = (loss: string): Trainer =>
    new Trainer(trainer.model, { optimizer: 'adam', loss: loss as LossName });
  const before = held();
  expect(() => make('msee')).toThrow();
  expect(held()).toEqual(before);
  const own = adam();
  const ofOne = held().numTensors - before.numTensors;
  own.dispose();
  const made = make('mse');
  expect(held().numTensors - before.numTensors).toBe(ofOne);
  made.optimizer.dispose();
  expect(held()).toEqual(before);
});
