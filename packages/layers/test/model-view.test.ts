import { cpuBackend } from '@keepfit/backend-cpu';
import {
  BackupAndRestore,
  type CallbackHooks,
  type TensorValues,
  type TrainerView,
} from '@keepfit/callbacks';
import { seeded, useBackend } from '@keepfit/fit';
import { evaluate, fit, getTrainer, predict } from '@keepfit/layers';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';

const { layers } = tf;
const SAMPLES = 4;

/** Models that carry something from batch to batch, or compute something else in training. */
const kinds: Readonly<Record<string, () => tf.LayersModel>> = {
  'dropout, seeded and not, noise and batch normalization': () =>
    tf.sequential({
      layers: [
        layers.gaussianNoise({ stddev: 0.1, inputShape: [4, 3] }),
        layers.flatten(),
        layers.dense({ units: 6, kernelRegularizer: 'l1l2' }),
        layers.batchNormalization(),
        layers.dropout({ rate: 0.3 }),
        layers.dropout({ rate: 0.2, seed: 4 }),
        layers.dense({ units: 1, activation: 'sigmoid', kernelConstraint: 'maxNorm' }),
      ],
    }),
  'a stateful LSTM': () =>
    tf.sequential({
      layers: [
        layers.lstm({ units: 4, stateful: true, batchInputShape: [2, 4, 3], dropout: 0.2 }),
        layers.dense({ units: 1, activation: 'sigmoid' }),
      ],
    }),
  'stateful cells in a wrapper': () =>
    tf.sequential({
      layers: [
        layers.rnn({
          cell: [layers.simpleRNNCell({ units: 3 }), layers.simpleRNNCell({ units: 2 })],
          stateful: true,
          batchInputShape: [2, 4, 3],
        } as Parameters<typeof layers.rnn>[0]),
        layers.dense({ units: 1, activation: 'sigmoid' }),
      ],
    }),
};

const random = (shape: number[], seed: number) => tf.randomUniform(shape, -1, 1, 'float32', seed);

interface Ended {
  readonly weights: readonly TensorValues['data'][];
  readonly history: unknown;
  readonly predictions: readonly number[];
  /** Tensors that the whole run left, those of the model included. */
  readonly left: number;
}

/** Trains a fresh model, and afterwards predicts, so that the states count too. */
async function train(kind: string, callbacks: readonly CallbackHooks[], init = 1): Promise<Ended> {
  const before = tf.memory().numTensors;
  const model = seeded(init, () => kinds[kind]!());
  model.compile({ optimizer: tf.train.adam(0.05), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  const [x, y] = [random([SAMPLES, 4, 3], 1), tf.tidy(() => tf.round(tf.abs(random([SAMPLES, 1], 2))))];
  await fit(model, x, y, {
    epochs: 2,
    batchSize: 2,
    seed: 3,
    verbose: 0,
    validationData: [x, y],
    callbacks,
  });
  const output = (await predict(model, x, { batchSize: 2, verbose: 0 })) as tf.Tensor;
  const ended = {
    weights: model.getWeights().map((weight) => weight.dataSync().slice() as TensorValues['data']),
    history: getTrainer(model).history.history,
    predictions: [...output.dataSync()],
  };
  tf.dispose([x, y, output]);
  return { ...ended, left: tf.memory().numTensors - before };
}

/** Evaluates and predicts other data in many hooks. */
function looks(): CallbackHooks {
  let model: TrainerView | undefined;
  const x = tf.tidy(() => random([4, 4, 3], 5).arraySync() as number[][][]);
  const y = [[1], [0], [1], [0]];
  const use = async () => {
    await model!.evaluate(x, y, { batchSize: 2 });
    await model!.predict(x, { batchSize: 2 });
    model!.setWeights(await model!.getWeights());
  };
  return {
    batchLogs: false,
    setModel: (view) => void (model = view),
    onTrainBegin: use,
    onTrainBatchEnd: use,
    onTestBatchEnd: async () => void (await model!.predict(x, { batchSize: 2 })),
    onEpochEnd: use,
  };
}

beforeAll(() => useBackend(cpuBackend()));

test.each(Object.keys(kinds))(
  '%s: trains the same with and without evaluate and predict in hooks',
  async (kind) => {
    const alone = await train(kind, []);
    expect(await train(kind, [looks()])).toEqual(alone);

    const store = memoryStore();
    let batches = 0;
    const crash: CallbackHooks = {
      batchLogs: false,
      onTrainBatchEnd: () => {
        if (++batches === 3) throw new Error('crash');
      },
    };
    const backup = () => new BackupAndRestore(store, { saveFreq: 1 });
    await expect(train(kind, [backup(), looks(), crash])).rejects.toMatchObject({
      code: 'KEEPFIT_HOOK_FAILED',
    });
    expect(await train(kind, [backup(), looks()], 9)).toMatchObject({ ...alone, left: expect.any(Number) });
  },
);

test('this.model works in evaluate of a model of layers too, under the names of its weights', async () => {
  const model = kinds['dropout, seeded and not, noise and batch normalization']!();
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  let view: TrainerView | undefined;
  let seen: unknown;
  const callback: CallbackHooks = {
    setModel: (given) => void (view = given),
    onTestEnd: async () => void (seen = Object.keys(await view!.getWeights())),
  };
  await evaluate(model, random([2, 4, 3], 1), [[0], [1]], { verbose: 0, callbacks: [callback] });
  expect(seen).toContain('batch_normalization/moving_mean');
});
