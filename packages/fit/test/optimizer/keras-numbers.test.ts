// The numbers in data/keras-optimizers.json are those of Keras 3.15.1: the weights after each step.
import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore } from '@keepfit/callbacks';
import { Trainer, type TrainerOptions, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { applyGradients } from '../../src/optimizer/apply-gradients.js';
import { caught } from '../helpers/caught.js';
import { plainModel } from '../helpers/plain-model.js';
import { throwAt } from '../helpers/throw-at.js';
import { trainPlain } from '../helpers/train-plain.js';

interface Recorded {
  readonly initial: readonly number[][];
  readonly steps: readonly {
    readonly gradients: readonly number[][];
    readonly weights: readonly number[][];
  }[];
}

const NAMES = ['sgd', 'rmsprop', 'adam', 'adamax', 'adagrad', 'adadelta'] as const;
const FILE = new URL('../data/keras-optimizers.json', import.meta.url);
let recorded: Record<(typeof NAMES)[number], Recorded>;

beforeAll(async () => {
  await useBackend(cpuBackend());
  recorded = JSON.parse(await readFile(FILE, 'utf8')) as typeof recorded;
});

function createTrainer(optimizer: TrainerOptions['optimizer']): Trainer {
  return new Trainer(plainModel(1), { optimizer, loss: 'mse' });
}

function createWeights(values: readonly number[][]): tf.Variable[] {
  return values.map((numbers) => tf.tidy(() => tf.variable(tf.tensor1d(numbers))));
}

/** The weights after each step. */
function update(optimizer: tf.Optimizer, { initial, steps }: Recorded): number[][][] {
  const weights = createWeights(initial);
  return steps.map(({ gradients }) => {
    const tensors = gradients.map((numbers) => tf.tensor1d(numbers));
    applyGradients(
      optimizer,
      weights.map((variable, index) => ({ variable, gradient: tensors[index] })),
    );
    tf.dispose(tensors);
    return weights.map((variable) => [...variable.dataSync()]);
  });
}

function expectClose(ours: readonly number[][][], { steps }: Recorded): void {
  expect(ours).toHaveLength(steps.length);
  steps.forEach(({ weights }, step) =>
    weights.flat().forEach((value, index) => {
      const got = ours[step]!.flat()[index]!;
      expect(Math.abs(got - value), `step ${step}, number ${index}`).toBeLessThanOrEqual(
        1e-6 + 1e-5 * Math.abs(value),
      );
    }),
  );
}

describe.each(NAMES)('%s by name', (name) => {
  test("gives Keras' numbers", () => {
    expectClose(update(createTrainer(name).optimizer, recorded[name]), recorded[name]);
  });

  test('moves the weights as far as Keras, not only to nearly the same place', () => {
    // The steps of Adadelta are too small to be seen in the weights' own tolerance.
    const { initial, steps } = recorded[name];
    const [first] = update(createTrainer(name).optimizer, recorded[name]);
    steps[0]!.weights.flat().forEach((value, index) => {
      const [was, now] = [initial.flat()[index]!, first!.flat()[index]!];
      const wanted = value - was;
      // Two roundings of the weight in float32.
      expect(Math.abs(now - was - wanted)).toBeLessThanOrEqual(
        2.4e-7 * Math.abs(was) + 1e-3 * Math.abs(wanted),
      );
    });
  });
});

describe('Adadelta', () => {
  test("an object of tfjs keeps tfjs' numbers, with one warning", async () => {
    // Another test of this process may have been warned.
    vi.resetModules();
    const { Trainer: FreshTrainer } = await import('@keepfit/fit');
    const trainerOf = (optimizer: tf.Optimizer) =>
      new FreshTrainer(plainModel(1), { optimizer, loss: 'mse' });
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    try {
      const optimizer = tf.train.adadelta(0.001, 0.95, 1e-7);
      const byHand = tf.train.adadelta(0.001, 0.95, 1e-7);
      const trainer = trainerOf(optimizer);
      expect(trainerOf(optimizer).optimizer).toBe(optimizer);
      const weights = createWeights(recorded.adadelta.initial);
      const theirs = recorded.adadelta.steps.map(({ gradients }) => {
        byHand.applyGradients(
          weights.map(({ name }, index) => ({ name, tensor: tf.tensor1d(gradients[index]!) })) as never,
        );
        return weights.map((variable) => [...variable.dataSync()]);
      });
      expect(update(trainer.optimizer, recorded.adadelta)).toEqual(theirs);
      expect(warn.mock.calls).toEqual([[expect.stringMatching(/^keepfit: .*Adadelta.*Keras.*'adadelta'/)]]);
    } finally {
      warn.mockRestore();
    }
  });

  test('by name, and a subclass with its own update, warn of nothing', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    try {
      class Mine extends tf.AdadeltaOptimizer {
        override applyGradients(): void {}
      }
      createTrainer('adadelta');
      createTrainer(new Mine(1, 0.9));
      expect(warn).not.toHaveBeenCalled();
    } finally {
      warn.mockRestore();
    }
  });

  test('by name and an object of tfjs are different optimizers to a checkpoint', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    try {
      const store = memoryStore();
      const crash = throwAt({ hook: 'onTrainBatchEnd', call: 2 });
      const before = [new BackupAndRestore(store, { saveFreq: 1 }), crash];
      const optimizer = tf.train.adadelta(0.001, 0.95, 1e-7);
      await caught(trainPlain({ trainer: { optimizer }, before }));
      const error = await caught(
        trainPlain({ trainer: { optimizer: 'adadelta' }, before: [new BackupAndRestore(store)] }),
      );
      expect(error.message).toMatch(/optimizer\.state: .*tfjs' Adadelta.*Keras' Adadelta/);
    } finally {
      warn.mockRestore();
    }
  });
});
