import { Trainer, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wasmBackend } from '../src/index.js';

const optimizers: Record<string, () => tf.Optimizer> = {
  adam: () => tf.train.adam(0.01),
  'adam with other settings': () => tf.train.adam(0.003, 0.8, 0.95, 1e-4),
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.1, 0.9),
  'Nesterov momentum': () => tf.train.momentum(0.1, 0.9, true),
  rmsprop: () => tf.train.rmsprop(0.01, 0.8, 0.5),
  'centred rmsprop': () => tf.train.rmsprop(0.01, 0.8, 0.5, 1e-3, true),
};

beforeAll(() => useBackend(wasmBackend()));
afterAll(() => useBackend({ name: 'wasm', kernels: 'stock', start: () => tf.setBackend('wasm'), stop() {} }));

for (const [name, make] of Object.entries(optimizers)) {
  describe(name, () => {
    test('gives the same weights and slots with the fused kernel as with the ops of tfjs, bit for bit', async () => {
      const fused = await train(make());
      const byOps = await train(withOwnMethod(make()));
      expect(fused).toEqual(byOps);
      expect(fused.iterations).toBe(6);
    });
  });
}

test('a step writes to new memory: values kept by reference stay as they were', async () => {
  const { model, weight } = linear();
  const kept = tf.keep(tf.reshape(weight, weight.shape));
  const values = [...kept.dataSync()];
  await trainerOf(model, tf.train.adam(0.1)).fit(...data(), { batchSize: 4, verbose: 0 });
  expect([...kept.dataSync()]).toEqual(values);
  expect([...weight.dataSync()]).not.toEqual(values);
});

async function train(optimizer: tf.Optimizer) {
  const { model, weight } = linear();
  const trainer = trainerOf(model, optimizer);
  await trainer.fit(...data(), { epochs: 2, batchSize: 4, shuffle: false, verbose: 0 });
  const state = [weight, ...Object.values(optimizer).flatMap(variablesOf)].map((variable) => [...variable.dataSync()]);
  return { state, iterations: optimizer.iterations };
}

/** A method of its own keeps an optimizer from the fused kernels. */
function withOwnMethod(optimizer: tf.Optimizer): tf.Optimizer {
  const { applyGradients } = optimizer;
  return Object.assign(optimizer, { applyGradients: (given: Parameters<typeof applyGradients>[0]) => applyGradients.call(optimizer, given) });
}

function variablesOf(field: unknown): tf.Tensor[] {
  if (field instanceof tf.Variable) return [field];
  return Array.isArray(field) ? field.map(({ variable }: { variable: tf.Variable }) => variable) : [];
}

function linear() {
  // 35 numbers: vectors of 4, and a rest.
  const weight = tf.variable(tf.randomNormal([7, 5], 0, 1, 'float32', 3));
  const model = { weights: [{ name: 'w', variable: weight, trainable: true }], call: (x: tf.Tensor | tf.Tensor[]) => tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D) };
  return { model, weight };
}

function trainerOf(model: ReturnType<typeof linear>['model'], optimizer: tf.Optimizer): Trainer {
  return new Trainer(model, { optimizer, loss: 'meanSquaredError' });
}

function data(): [tf.Tensor, tf.Tensor] {
  return [tf.randomNormal([12, 7], 0, 1, 'float32', 1), tf.randomNormal([12, 5], 0, 1, 'float32', 2)];
}
