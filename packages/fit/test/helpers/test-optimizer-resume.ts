import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore } from '@keepfit/callbacks';
import { type TrainerOptions, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { train } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { findSchedule } from '../../src/optimizer/schedule.js';
import { caught } from './caught.js';
import { commonOptions, kerasOptimizers } from './keras-optimizers.js';
import { storedProgress } from './stored.js';
import { throwAt } from './throw-at.js';
import { plainTrainer, trainPlain } from './train-plain.js';

interface Kind {
  readonly make: () => NonNullable<TrainerOptions['optimizer']>;
  /** How many tensors it has after the first step; by default, more than none. */
  readonly variables?: number;
}

/** tfjs' optimizers, and two by name. */
export const TFJS_OPTIMIZERS: Readonly<Record<string, Kind>> = {
  sgd: { make: () => train.sgd(0.1), variables: 0 },
  momentum: { make: () => train.momentum(0.05, 0.8), variables: 4 },
  nesterov: { make: () => train.momentum(0.05, 0.8, true), variables: 4 },
  adagrad: { make: () => train.adagrad(0.1, 0.2), variables: 4 },
  adadelta: { make: () => train.adadelta(0.5, 0.9), variables: 8 },
  rmsprop: { make: () => train.rmsprop(0.01, 0.8), variables: 8 },
  'rmsprop, centred, with momentum': { make: () => train.rmsprop(0.01, 0.8, 0.7, 1e-6, true), variables: 12 },
  adam: { make: () => train.adam(0.05), variables: 10 },
  'adam by name': { make: () => 'adam', variables: 8 },
  'adadelta by name': { make: () => 'adadelta', variables: 8 },
  adamax: { make: () => train.adamax(0.05, 0.8, 0.95, 1e-7, 0.01), variables: 10 },
};

/** Keras' optimizers with all that they can have. */
export const KERAS_OPTIMIZERS: Readonly<Record<string, Kind>> = Object.fromEntries(
  Object.entries({ ...kerasOptimizers, ...commonOptions }).map(([name, make]) => [name, { make }]),
);

const options = { epochs: 2, validationData: undefined } as const;

/** Interrupts a training with each optimizer before each of these steps, of eight, and continues it. */
export function testOptimizerResume(
  optimizers: Readonly<Record<string, Kind>>,
  steps: readonly number[],
): void {
  beforeAll(() => useBackend(cpuBackend()));

  describe.each(Object.entries(optimizers))('%s', (_name, { make, variables }) => {
    const trainer = (): Partial<TrainerOptions> => ({ optimizer: make(), metrics: [] });

    test(`is captured and restored exactly at the steps ${steps.join(', ')}; at the first it has no memory`, async () => {
      const uninterrupted = await trainPlain({ options, trainer: trainer() });
      const slots = Object.keys(uninterrupted.proof.tensors).filter((name) => name.startsWith('optimizer/'));
      if (variables !== undefined) expect(slots).toHaveLength(variables);
      for (const step of steps) {
        const store = memoryStore();
        const backup = () => new BackupAndRestore(store, { saveFreq: 1 });
        await caught(
          trainPlain({
            options,
            trainer: trainer(),
            before: [backup(), throwAt({ hook: 'onTrainBatchBegin', call: step + 1 })],
          }),
        );
        expect((await storedProgress(store)).step).toBe(step);
        const { proof, whole } = await trainPlain({
          init: 99,
          options,
          trainer: trainer(),
          before: [backup()],
        });
        expect(proof, `step ${step}`).toEqual(uninterrupted.proof);
        expect(whole.history).toEqual(uninterrupted.whole.history);
      }
    });

    test('is restored too if the optimizer already has a memory of another training', async () => {
      const uninterrupted = await trainPlain({ options, trainer: trainer() });
      for (const call of [1, 4]) {
        const store = memoryStore();
        await caught(
          trainPlain({
            options,
            trainer: trainer(),
            before: [
              new BackupAndRestore(store, { saveFreq: 1 }),
              throwAt({ hook: 'onTrainBatchBegin', call }),
            ],
          }),
        );
        const used = plainTrainer({ init: 50, trainer: trainer() });
        const rate = used.learningRate;
        await trainPlain({ options: { ...options, seed: 3 } }, used);
        if (findSchedule(used.optimizer) === undefined) used.learningRate = rate;
        const { proof } = await trainPlain(
          { options, before: [new BackupAndRestore(store, { saveFreq: 1 })] },
          used,
        );
        expect(proof, `from step ${call - 1}`).toEqual(uninterrupted.proof);
      }
    });
  });
}
