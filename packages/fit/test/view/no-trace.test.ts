import { cpuBackend } from '@keepfit/backend-cpu';
import {
  BackupAndRestore,
  type CallbackHooks,
  EarlyStopping,
  type HookName,
  ModelCheckpoint,
  SwapEMAWeights,
  type TrainerView,
} from '@keepfit/callbacks';
import { type Model, Trainer, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { sample } from '../../../../test/setup/sample.js';
import { caught } from '../helpers/caught.js';
import { crashAndResume } from '../helpers/crash-and-resume.js';
import { FIT_HOOKS, look } from '../helpers/look.js';
import { plainData } from '../helpers/plain-data.js';
import { recordHooks } from '../helpers/record-hooks.js';
import { type Ended, plainFitOptions, plainTrainer, trainPlain } from '../helpers/train-plain.js';
import { weightsOf } from '../helpers/weights-of.js';

const { x, y } = plainData(7, 30);
let without: Ended;

beforeAll(async () => {
  await useBackend(cpuBackend());
  without = await trainPlain();
});

/** Both calls, of other batches than the training has. */
async function useBoth(model: TrainerView): Promise<void> {
  await model.evaluate(x, y, { batchSize: 2 });
  await model.predict(x, { batchSize: 4 });
  await model.getWeights();
  expect(model.optimizer.className).toBe('Adam');
}

function expectSame(ended: Ended): void {
  expect(ended.proof).toEqual(without.proof);
  expect(ended.calls).toEqual(without.calls);
  expect(ended.whole.history).toEqual(without.whole.history);
}

test.each(sample(FIT_HOOKS, 2))('a training ends the same with and without the calls in %s', async (hook) => {
  let calls = 0;
  const callback = look([hook], (model) => {
    calls += 1;
    return useBoth(model);
  });
  const backup = new BackupAndRestore(memoryStore(), { saveFreq: 2 });
  expectSame(await trainPlain({ before: [callback, backup] }));
  expect(calls).toBeGreaterThan(0);
});

test('a training that is ended in any hook and resumed ends the same with the calls in every hook', async () => {
  const crashes = [
    { hook: 'onTrainBatchEnd', call: 2 },
    { hook: 'onTestBatchEnd', call: 2 },
    { hook: 'onEpochEnd', call: 2 },
  ] as const;
  const before = [look(FIT_HOOKS, useBoth)];
  const ended = await crashAndResume({ crashes, backup: { saveFreq: 3 }, before });
  expect(ended.proof).toEqual(without.proof);
  expect(ended.whole.history).toEqual(without.whole.history);
});

test('a training with several batches an execution and batch logs now and then ends the same', async () => {
  const run = { trainer: { stepsPerExecution: 3 } };
  const alone = await trainPlain(run);
  const ended = await trainPlain({ ...run, after: [look(FIT_HOOKS, useBoth)] });
  expect(ended.proof).toEqual(alone.proof);
  expect(ended.calls).toEqual(alone.calls);
});

test.each([
  ['EarlyStopping', () => new EarlyStopping({ monitor: 'val_loss', mode: 'max', restoreBestWeights: true })],
  ['SwapEMAWeights', () => new SwapEMAWeights({ momentum: 0.5, swapOnEpoch: true })],
  ['ModelCheckpoint', () => new ModelCheckpoint(memoryStore(), { saveFreq: 3, saveWeightsOnly: true })],
] as const)('%s does the same with and without the calls, before or after it', async (_name, create) => {
  const train = async (callbacks: CallbackHooks[]) => {
    const trainer = plainTrainer();
    const recorder = recordHooks();
    const given = plainData(10);
    await trainer.fit(given.x, given.y, { ...plainFitOptions(), callbacks: [...callbacks, recorder] });
    return { calls: recorder.calls, weights: weightsOf(trainer), history: trainer.history.history };
  };
  const alone = await train([create()]);
  expect(await train([look(FIT_HOOKS, useBoth), create()])).toEqual(alone);
  expect(await train([create(), look(FIT_HOOKS, useBoth)])).toEqual(alone);
});

test('stopTraining stays as it was set, and a nested fit is refused', async () => {
  const stops = look(['onTrainBatchEnd'], async (model) => {
    model.stopTraining = true;
    await useBoth(model);
    expect(model.stopTraining).toBe(true);
  });
  expect((await trainPlain({ before: [stops] })).returned.epoch).toEqual([0]);

  const trainer = plainTrainer();
  const nested = look(['onEpochEnd'], async (model) => {
    await useBoth(model);
    await trainer.fit(x, y, { verbose: 0 });
  });
  expect(await caught(trainPlain({ before: [nested] }, trainer))).toMatchObject({
    code: 'KEEPFIT_FIT_RUNNING',
  });
});

/** A model that changes at every call, also outside training: a count among its weights, a sum among its states. */
function restlessTrainer(): { trainer: Trainer; read: () => unknown } {
  const made = (values: tf.Tensor) => tf.variable(values);
  const scale = made(tf.tensor1d([0.5]));
  const count = made(tf.scalar(0, 'int32'));
  let sum: tf.Tensor = tf.keep(tf.tensor1d([0.25]));
  const model: Model = {
    weights: [
      { name: 'scale', variable: scale, trainable: true },
      { name: 'count', variable: count, trainable: false },
    ],
    states: [
      {
        name: 'sum',
        read: () => tf.tidy(() => sum.clone()),
        write: (values) => {
          sum.dispose();
          sum = tf.keep(values.clone());
        },
      },
    ],
    call: (input) => {
      const noisy = tf.add(
        input as tf.Tensor,
        tf.randomNormal(input instanceof tf.Tensor ? input.shape : []),
      );
      const output = tf.add(tf.mul(noisy, scale), sum);
      count.assign(tf.add(count, tf.scalar(1, 'int32')));
      const next = tf.keep(tf.mul(0.5, tf.add(sum, tf.mean(noisy, 0))));
      sum.dispose();
      sum = next;
      return output;
    },
  };
  const trainer = new Trainer(model, { optimizer: tf.train.adam(0.1), loss: 'mse' });
  const read = () => ({
    scale: [...scale.dataSync()],
    count: [...count.dataSync()],
    sum: [...sum.dataSync()],
    history: trainer.history.history,
  });
  return { trainer, read };
}

describe('a model whose weights and states change at every call', () => {
  const columns = { x: [[1], [2], [3], [4]], y: [[2], [4], [6], [8]] };
  const options = { epochs: 2, batchSize: 2, seed: 5, verbose: 0 } as const;

  async function train(callbacks: CallbackHooks[]): Promise<unknown> {
    const { trainer, read } = restlessTrainer();
    await trainer.fit(columns.x, columns.y, {
      ...options,
      validationData: [columns.x, columns.y],
      callbacks,
    });
    return read();
  }

  test.each<HookName>(['onTrainBegin', 'onTrainBatchEnd', 'onTestBatchEnd', 'onEpochEnd', 'onTrainEnd'])(
    'is the same with and without the calls in %s',
    async (hook) => {
      const seen: unknown[] = [];
      const callback = look([hook], async (model) => {
        const once = [
          await model.evaluate(columns.x, columns.y, { batchSize: 1 }),
          await model.predict([[1]]),
        ];
        // Both at once, and again: each call begins from the states of the training.
        const again = await Promise.all([
          model.evaluate(columns.x, columns.y, { batchSize: 1 }),
          model.predict([[1]]),
        ]);
        expect(again).toEqual(once);
        seen.push(once);
      });
      const held = tf.memory().numTensors;
      const alone = await train([]);
      const made = tf.memory().numTensors - held;
      expect(await train([callback])).toEqual(alone);
      expect(tf.memory().numTensors - held).toBe(2 * made);
      expect(seen.length).toBeGreaterThan(0);
    },
  );

  test('is the same with and without the calls in an evaluation and a prediction outside fit', async () => {
    const run = async (callbacks: CallbackHooks[]) => {
      const { trainer, read } = restlessTrainer();
      const given = { batchSize: 1, verbose: 0, callbacks } as const;
      const logs = await trainer.evaluate(columns.x, columns.y, given);
      const outputs = (await trainer.predict(columns.x, given)) as tf.Tensor;
      const ended = { logs, outputs: [...outputs.dataSync()], model: read() };
      outputs.dispose();
      return ended;
    };
    const hooks = [
      'onTestBegin',
      'onTestBatchEnd',
      'onTestEnd',
      'onPredictBatchBegin',
      'onPredictBatchEnd',
    ] as const;
    const seen: unknown[] = [];
    const callback = look(hooks, async (model) => {
      seen.push(await model.predict([[1], [2]]), await model.evaluate(columns.x, columns.y));
    });
    expect(await run([callback])).toEqual(await run([]));
    expect(seen).toHaveLength(2 * (2 + 3 * 4));
  });

  test('is restored when a batch throws', async () => {
    const callback = look(['onTrainBatchEnd'], async (model) => {
      const batches = () => [{ xs: [[1]] }, { xs: [['one']] as never }];
      expect(await caught(model.predict(batches))).toMatchObject({ code: 'KEEPFIT_INVALID_DATA' });
      const shapes = () => [
        { xs: [[1]] },
        {
          xs: [
            [1, 2, 3],
            [1, 2, 3],
          ],
        },
      ];
      await model.predict(shapes).catch(() => undefined);
    });
    expect(await train([callback])).toEqual(await train([]));
  });
});

test('calls that a hook does not await end before the training continues', async () => {
  const order: string[] = [];
  const results: Promise<unknown>[] = [];
  const careless: CallbackHooks = look(['onTrainBatchEnd', 'onTestBatchEnd', 'onEpochEnd'], (model) => {
    const note = (what: string) => () => void order.push(what);
    results.push(model.evaluate(x, y, { batchSize: 1 }).then(note('evaluate')));
    results.push(model.predict(x, { batchSize: 1 }).then(note('predict')));
    results.push(model.getWeights().then(note('getWeights')));
    order.push('hook');
    return undefined;
  });
  const next: CallbackHooks = { batchLogs: false, onTrainBatchEnd: () => void order.push('next') };
  expectSame(await trainPlain({ before: [careless, next] }));
  await Promise.all(results);
  expect(order.slice(0, 5).sort()).toEqual(['evaluate', 'getWeights', 'hook', 'next', 'predict']);
  expect(order[0]).toBe('hook');
  expect(order[4]).toBe('next');
});

test('a call while no hook is running is refused: between hooks, after the fit, and in a release', async () => {
  let view: TrainerView | undefined;
  const errors: unknown[] = [];
  const trainer = plainTrainer();
  const early: CallbackHooks = {
    setModel: (model) => {
      view = model;
      errors.push(caught(model.predict(x)));
    },
    onTrainBegin: () => view?.defer(async () => void errors.push(await caught(view!.evaluate(x, y)))),
  };
  const given = plainData(4);
  const batches = async function* () {
    errors.push(await caught(view!.evaluate(x, y)));
    yield { xs: given.x, ys: given.y };
  };
  await trainer.fit(batches, { verbose: 0, callbacks: [early] });
  errors.push(await caught(view!.predict(x)), await caught(view!.getWeights()));
  for (const error of await Promise.all(errors)) {
    expect(error).toMatchObject({
      code: 'KEEPFIT_INVALID_STATE',
      message: expect.stringContaining('no hook'),
    });
  }
  expect(errors).toHaveLength(5);
});

test('a prediction that is made of predictions does not wait for itself', async () => {
  const callback = look(['onEpochEnd'], async (model) => {
    const batches = async function* () {
      yield { xs: x, ys: (await model.predict(x)) as { data: Float32Array; shape: number[] } };
    };
    expect((await model.evaluate(batches))['mse']).toBe(0);
  });
  expectSame(await trainPlain({ before: [callback] }));
});

test('weights that change while an evaluation is under way are found out', async () => {
  const callback = look(['onTrainBatchEnd'], async (model) => {
    const weights = await model.getWeights();
    const running = caught(model.evaluate(x, y));
    model.setWeights(weights);
    expect(await running).toMatchObject({
      code: 'KEEPFIT_INVALID_STATE',
      message: expect.stringContaining('changed while'),
    });
  });
  expectSame(await trainPlain({ before: [callback] }));
});

test('no tensor is left, also when a call or its hook fails', async () => {
  const trainer = plainTrainer();
  const given = plainData(10);
  const fit = (use: Parameters<typeof look>[1]) =>
    trainer.fit(given.x, given.y, {
      ...plainFitOptions(),
      epochs: 1,
      callbacks: [look(['onTrainBatchEnd'], use)],
    });
  await fit(useBoth);
  const { numTensors, numDataBuffers } = tf.memory();
  const uses: Parameters<typeof look>[1][] = [
    useBoth,
    (model) => model.evaluate(x, [[1]]),
    (model) => model.predict([[1, 2]]),
    (model) => model.predict(() => [{ xs: x }, { xs: [[1]] }]),
    async (model) => {
      await useBoth(model);
      throw new Error('out of luck');
    },
    (model) => {
      void model.evaluate(x, y);
      throw new Error('out of patience');
    },
  ];
  for (const use of uses) {
    await fit(use).catch(() => undefined);
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
  }
});

test('the event loop gets its turns during a long call', async () => {
  const turns = vi.fn();
  const callback = look(['onEpochEnd'], async (model) => {
    const immediate = new Promise((resolve) => setImmediate(() => resolve(turns())));
    await model.predict(x, { batchSize: 1 });
    expect(turns).toHaveBeenCalled();
    await immediate;
  });
  await trainPlain({ before: [callback], options: { epochs: 1 } });
});
