import { cpuBackend } from '@keepfit/backend-cpu';
import type { CallbackHooks } from '@keepfit/callbacks';
import { type BatchData, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, test } from 'vitest';
import {
  batches,
  endOf,
  linearTrainer,
  type Program,
  proveExact,
  rows,
  trainLinear,
} from './train-linear.js';
import type { CrashPoint } from './throw-at.js';

/** 16 rows to train, four batches, and 8 to validate, two batches. */
export function split(): { training: BatchData; validation: BatchData } {
  const all = rows(0, 24).shuffle(24, '11');
  return { training: batches(all.skip(8).batch(4)), validation: batches(all.take(8).batch(4)) };
}

export const CRASHES = [
  ...[1, 3, 4, 5, 8, 10].map((call) => ({ hook: 'onTrainBatchEnd', call }) as const),
  ...[2, 3].map((call) => ({ hook: 'onTestBatchEnd', call }) as const),
  ...[1, 3].map((call) => ({ hook: 'onEpochEnd', call }) as const),
];

/** Every case opens more iterators than one for each pass of the training. */
const programs: Readonly<Record<string, Program>> = {
  'one shuffle that take and skip split': (callbacks) => {
    const { training, validation } = split();
    return trainLinear(training, { validationData: validation, callbacks: [...callbacks] });
  },
  'a split whose parts are mapped and batched on their own': (callbacks) => {
    const all = rows(0, 24)
      .shuffle(24, '11')
      .map((row) => row);
    const part = (dataset: typeof all) =>
      batches(
        dataset
          .filter(() => true)
          .batch(4)
          .prefetch(2),
      );
    const validationData = part(all.take(8));
    return trainLinear(part(all.skip(8)), { validationData, callbacks: [...callbacks] });
  },
  'two shuffles in a row': (callbacks) => {
    const training = batches(rows(0, 16).shuffle(8, '1').shuffle(16, '2').batch(4));
    const validationData = batches(rows(16, 24).batch(4));
    return trainLinear(training, { validationData, callbacks: [...callbacks] });
  },
  'validationSteps of a shuffled set': (callbacks) => {
    const validationData = batches(rows(16, 32).shuffle(16, '5').batch(4));
    const training = batches(rows(0, 16).batch(4));
    return trainLinear(training, { validationData, validationSteps: 2, callbacks: [...callbacks] });
  },
  'arrays, validated on a shuffled set': async (callbacks) => {
    const trainer = linearTrainer();
    const x = tf.tensor2d(Array.from({ length: 16 }, (_, row) => [Math.sin(row), 1]));
    const y = tf.tensor2d(Array.from({ length: 16 }, (_, row) => [Math.cos(row)]));
    await trainer.fit(x, y, {
      ...{ epochs: 3, batchSize: 4, seed: 3, verbose: 0 },
      validationData: batches(rows(16, 32).shuffle(16, '5').batch(4)),
      ...{ validationSteps: 2, callbacks: [...callbacks] },
    });
    return endOf(trainer);
  },
  'one dataset to train and to validate': (callbacks) => {
    const dataset = batches(rows(0, 16).shuffle(16, '3').batch(4));
    const options = { validationData: dataset, validationSteps: 2, callbacks: [...callbacks] };
    return trainLinear(dataset, options);
  },
  'one dataset to train and to validate, in epochs across passes': (callbacks) => {
    const dataset = batches(rows(0, 28).shuffle(28, '3').batch(4));
    return trainLinear(dataset, {
      ...{ validationData: dataset, validationSteps: 2 },
      ...{ stepsPerEpoch: 4, callbacks: [...callbacks] },
    });
  },
  'a split with evaluate before the fit': async (callbacks) => {
    const { training, validation } = split();
    const trainer = linearTrainer();
    await trainer.evaluate(validation, { verbose: 0 });
    await trainer.evaluate(training, { verbose: 0, steps: 1 });
    const options = { validationData: validation, callbacks: [...callbacks] };
    return trainLinear(training, options, trainer);
  },
  'a split that hooks evaluate': (callbacks) => {
    const { training, validation } = split();
    const trainer = linearTrainer();
    const evaluate: CallbackHooks = {
      async onTrainBatchEnd(batch) {
        if (batch === 1) await trainer.evaluate(training, { verbose: 0, steps: 1 });
      },
      onEpochEnd: async () => void (await trainer.evaluate(validation, { verbose: 0 })),
    };
    const options = { validationData: validation, callbacks: [...callbacks, evaluate] };
    return trainLinear(training, options, trainer);
  },
  'a split in an earlier fit without backups': async (callbacks) => {
    const { training, validation } = split();
    await trainLinear(training, { epochs: 2 });
    return trainLinear(training, { validationData: validation, callbacks: [...callbacks] });
  },
  'a shuffle that is repeated within a pass': (callbacks) =>
    trainLinear(batches(rows(0, 8).shuffle(8, '2').repeat(2).batch(4)), {
      ...{ validationData: batches(rows(16, 24).batch(4)), callbacks: [...callbacks] },
    }),
  'a split whose parts are repeated': (callbacks) => {
    const all = rows(0, 24).shuffle(24, '11');
    return trainLinear(batches(all.take(8).repeat(2).batch(4)), {
      ...{ validationData: batches(all.skip(16).repeat().batch(4)), validationSteps: 3 },
      callbacks: [...callbacks],
    });
  },
  'a split that factories make from one shuffle': (callbacks) => {
    const all = rows(0, 24).shuffle(24, '11');
    const training: BatchData = () => batches(all.skip(8).batch(4)) as never;
    const validationData: BatchData = async () => batches(all.take(8).batch(4)) as never;
    return trainLinear(training, { validationData, callbacks: [...callbacks] });
  },
};

/** Registers, for each program, the test that ends it at each crash point, with frequencies as `proveExact` takes. */
export function testDatasetOrder(
  crashes: readonly CrashPoint[] = CRASHES,
  saveFreqs?: readonly ('epoch' | number)[],
): void {
  beforeAll(() => useBackend(cpuBackend()));

  describe.each(Object.entries(programs))('%s', (_what, program) => {
    test('continues with the same samples after a crash at any batch', async () => {
      await proveExact(program, crashes, saveFreqs);
    });
  });
}
