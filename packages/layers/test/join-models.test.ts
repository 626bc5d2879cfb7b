import { cpuBackend } from '@keepfit/backend-cpu';
import { type Phase, Trainer, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { fit, fromLayers, getTrainer, joinModels } from '../src/index.js';

beforeAll(() => useBackend(cpuBackend()));

const dense = (units: number, inputs: number) =>
  sequential({ layers: [layers.dense({ units, inputShape: [inputs] })] });
const x = { data: Float32Array.from({ length: 8 }, (_, index) => index / 4 - 1), shape: [4, 2] };
const quiet = { verbose: 0, seed: 1, batchSize: 4 } as const;

describe('joinModels', () => {
  test('names weights by their parts, the same in every process', () => {
    const names = () =>
      joinModels({ generator: dense(3, 2), discriminator: dense(1, 3) }).weights.map(({ name }) => name);
    expect(names()).toEqual([
      'generator/dense/kernel',
      'generator/dense/bias',
      'discriminator/dense/kernel',
      'discriminator/dense/bias',
    ]);
    expect(names()).toEqual(names());
  });

  test('computes what its main part computes, and refuses to compute without one', async () => {
    const parts = { a: dense(3, 2), b: dense(1, 2) };
    const inputs = tf.tensor(x.data, [4, 2]);
    const phases = [{ name: 'a', optimizer: 'sgd', loss: () => tf.scalar(0) }] as const;
    const output = (await new Trainer(joinModels(parts, { main: 'b' }), { phases }).predict(x, {
      verbose: 0,
    })) as tf.Tensor;
    expect(output.dataSync()).toEqual((parts.b.predict(inputs) as tf.Tensor).dataSync());
    await expect(new Trainer(joinModels(parts), { phases }).predict(x, { verbose: 0 })).rejects.toThrow(
      /main/,
    );
    expect(() => joinModels(parts, { main: 'c' as 'a' })).toThrow(/main of joinModels must be one of a, b/);
    expect(() => joinModels(parts, { mian: 'b' } as never)).toThrow(/did you mean "main"/);
    expect(() => joinModels({})).toThrow(/no models/);
    expect(() => joinModels({ 'a/b': parts.a })).toThrow(/letters, digits/);
    expect(() => joinModels({ a: 1 as never })).toThrow(/must be a tfjs-layers model/);
  });

  test('has a layer that two parts share once, and takes models of keepfit', () => {
    const shared = dense(3, 2);
    const whole = sequential({ layers: [shared.layers[0] as ReturnType<typeof layers.dense>] });
    expect(joinModels({ shared, whole: fromLayers(whole) }).weights).toHaveLength(2);
  });

  test('stops by the flag of any part, and clears all of them', () => {
    const parts = { a: dense(3, 2), b: dense(1, 2) };
    const model = joinModels(parts);
    parts.b.stopTraining = true;
    expect(model.stopTraining).toBe(true);
    model.stopTraining = false;
    expect(parts.b.stopTraining).toBe(false);
  });
});

describe('fit of a tfjs-layers model by phases', () => {
  test('needs no compile and no targets, and trains the layers that are chosen', async () => {
    const model = sequential({
      layers: [layers.dense({ units: 3, inputShape: [2] }), layers.dense({ units: 2 })],
    });
    const before = model.getWeights().map((weight) => [...weight.dataSync()]);
    const optimizer = tf.train.adam(0.1);
    const phase: Phase = {
      name: 'decode',
      optimizer,
      weights: model.layers[1] as ReturnType<typeof layers.dense>,
      loss: (batch, { training }) =>
        tf.losses.meanSquaredError(batch.x, model.apply(batch.x, { training }) as tf.Tensor),
    };
    const phases = [phase];
    const { history } = await fit(model, x, { ...quiet, phases, epochs: 2 });
    expect(history.loss?.[1]).toBeLessThan(history.loss?.[0] ?? 0);
    const after = model.getWeights().map((weight) => [...weight.dataSync()]);
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after.slice(2)).not.toEqual(before.slice(2));
    expect(getTrainer(model, { phases }).optimizer).toBe(optimizer);
    expect((await fit(model, x, x, { ...quiet, phases })).history.loss).toHaveLength(1);
  });

  test('takes trainStep too', async () => {
    const model = dense(2, 2);
    const { history } = await fit(model, x, {
      ...quiet,
      optimizers: { all: 'sgd' },
      trainStep: (batch, { minimize }) => ({
        loss: minimize('all', () => tf.mean(tf.square(model.apply(batch.x) as tf.Tensor))),
      }),
    });
    expect(Object.keys(history)).toEqual(['loss']);
  });
});
