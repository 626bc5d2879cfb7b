import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { evaluate, fit, trainOnBatch } from '@keepfit/layers';
import { adamW, sgd } from '@keepfit/optimizers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test, vi } from 'vitest';

let x: tf.Tensor2D;
let y: tf.Tensor2D;

beforeAll(async () => {
  await useBackend(cpuBackend());
  x = tf.tensor2d([
    [0.1, 0.4],
    [0.7, -0.2],
    [-0.5, 0.3],
    [0.9, 0.8],
  ]);
  y = tf.tensor2d([[0.2], [0.5], [-0.1], [0.9]]);
});

/** A nested model between two layers; without names, tfjs counts them up through the whole process. */
function createModel({ isFrozen = false } = {}): tf.LayersModel {
  const initial = (seed: number) => ({ kernelInitializer: tf.initializers.glorotUniform({ seed }) });
  const inner = tf.sequential({
    layers: [tf.layers.dense({ units: 3, inputShape: [3], activation: 'tanh', ...initial(2) })],
  });
  inner.trainable = !isFrozen;
  return tf.sequential({
    layers: [
      tf.layers.dense({ units: 3, inputShape: [2], activation: 'tanh', ...initial(1) }),
      inner,
      tf.layers.dense({ units: 1, ...initial(3) }),
    ],
  });
}

/** The weights after some epochs, in the order of the model. */
async function train(
  excludeFromWeightDecay: readonly string[],
  run: (model: tf.LayersModel) => Promise<unknown> = (model) =>
    fit(model, x, y, { epochs: 3, batchSize: 2, seed: 1, verbose: 0 }),
  options: Parameters<typeof createModel>[0] = {},
): Promise<number[][]> {
  const model = createModel(options);
  const optimizer = adamW({ learningRate: 0.05, weightDecay: 0.5, excludeFromWeightDecay });
  model.compile({ optimizer, loss: 'meanSquaredError' });
  await run(model);
  return model.getWeights().map((weight) => [...weight.dataSync()]);
}

/** The mean distance from 0: what decay lowers. */
const size = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;

describe('weights without decay are found by the stable names', () => {
  test.each([
    ['the last layer', ['^dense_1/kernel$'], 4],
    ['the first layer', ['^dense/kernel$'], 0],
    ['a layer of a nested model', ['sequential/kernel'], 2],
  ] as const)('%s, also in models that were made later', async (_which, patterns, index) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    try {
      const all = await train([]);
      const first = await train(patterns);
      expect(await train(patterns)).toEqual(first);
      expect(size(first[index]!)).toBeGreaterThan(size(all[index]!));
      expect(warn).not.toHaveBeenCalled();
    } finally {
      warn.mockRestore();
    }
  });

  test('and with a frozen layer, in trainOnBatch too', async () => {
    const frozen = { isFrozen: true };
    const one = (model: tf.LayersModel) => trainOnBatch(model, x, y, { seed: 1 });
    const [all, some] = [await train([], one, frozen), await train(['^dense_1/kernel$'], one, frozen)];
    // Frozen weights come last.
    const frozenKernel = createModel().getWeights()[2]!;
    expect(some[4]).toEqual([...frozenKernel.dataSync()]);
    expect(size(some[2]!)).toBeGreaterThan(size(all[2]!));
    expect(some.filter((_, index) => index !== 2)).toEqual(all.filter((_, index) => index !== 2));
  });

  test('a pattern that no name has is warned about, with the names there are', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    try {
      await train(['kernle']);
      expect(warn.mock.calls).toEqual([
        [expect.stringMatching(/"kernle" matches no weight of dense\/kernel, /)],
      ]);
    } finally {
      warn.mockRestore();
    }
  });
});

test('an average is final after fit, and evaluate uses it; trainOnBatch leaves the trained weights', async () => {
  const compiled = (useEma: boolean) => {
    const model = createModel();
    model.compile({ optimizer: sgd({ learningRate: 0.1, useEma }), loss: 'meanSquaredError' });
    return model;
  };
  const [averaged, plain] = [compiled(true), compiled(false)];
  for (const model of [averaged, plain]) await trainOnBatch(model, x, y, { seed: 1 });
  const values = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);
  expect(values(averaged)).toEqual(values(plain));
  const options = { epochs: 2, seed: 1, verbose: 0 } as const;
  const [history, plainHistory] = [await fit(averaged, x, y, options), await fit(plain, x, y, options)];
  expect(history.history).toEqual(plainHistory.history);
  expect(values(averaged)).not.toEqual(values(plain));
  const [loss, plainLoss] = [
    await evaluate(averaged, x, y, { verbose: 0 }),
    await evaluate(plain, x, y, { verbose: 0 }),
  ];
  expect(loss).not.toEqual(plainLoss);
});
