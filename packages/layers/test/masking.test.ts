import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { evaluate, fit } from '@keepfit/layers';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';

const x = {
  data: Float32Array.of(1, 2, 0.5, -1, 0, 0, 0.3, 0.1, 0, 0, 0, 0, 2, 1, 1, 1, -1, 0.5),
  shape: [3, 3, 2],
};
const y = { data: Float32Array.of(1, 2, 3, 0.5, 1, 2, 0, 1, -1), shape: [3, 3, 1] };
const options = { batchSize: 2, epochs: 2, shuffle: false, verbose: 0 } as const;

beforeAll(() => useBackend(cpuBackend()));

// Keras 3.15.1 gives these numbers for this model and data.
test('steps that are masked count neither in the loss nor in metrics, as in Keras', async () => {
  const { loss, mae } = await evaluate(masked(), x, y, { batchSize: 2, verbose: 0 });
  expect(loss).toBeCloseTo(7.0855556, 5);
  expect(mae).toBeCloseTo(2.5166667, 5);
});

test('what is masked does not train, as in Keras', async () => {
  const model = masked();
  const { history } = await fit(model, x, y, options);
  expectClose(history['loss'], [6.6895199, 2.5521801]);
  expectClose(history['mae'], [2.4501991, 1.6094799]);
  expectClose(
    model.getWeights().flatMap((weight) => [...weight.dataSync()]),
    [0.7207025, 0.7270625, 0.5361444],
  );
});

test('a masked model is continued exactly, its running metrics included', async () => {
  const whole = await fit(masked(), x, y, options);
  const store = memoryStore();
  const backup = () => new BackupAndRestore(store, { saveFreq: 1 });
  const crash: CallbackHooks = {
    onTrainBatchBegin(batch) {
      if (batch === 1) throw new Error('crash');
    },
  };
  await expect(fit(masked(), x, y, { ...options, callbacks: [backup(), crash] })).rejects.toThrow('crash');
  expect((await fit(masked(), x, y, { ...options, callbacks: [backup()] })).history).toEqual(whole.history);
});

test('masks leave no tensor behind', async () => {
  const model = masked();
  await fit(model, x, y, options);
  const before = tf.memory().numTensors;
  await fit(model, x, y, { ...options, validationData: [x, y] });
  expect(tf.memory().numTensors).toBe(before);
});

function masked(): tf.Sequential {
  const rnn = {
    units: 1,
    returnSequences: true,
    activation: 'linear',
    useBias: false,
    kernelInitializer: 'ones',
    recurrentInitializer: 'ones',
  } as const;
  const model = tf.sequential({
    layers: [tf.layers.masking({ maskValue: 0, inputShape: [3, 2] }), tf.layers.simpleRNN(rnn)],
  });
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError', metrics: ['mae'] });
  return model;
}

function expectClose(values: readonly number[] | undefined, wanted: readonly number[]) {
  expect(values).toHaveLength(wanted.length);
  values?.forEach((value, index) => expect(value).toBeCloseTo(wanted[index] ?? NaN, 5));
}
