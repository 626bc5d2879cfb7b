import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore } from '@keepfit/callbacks';
import { type TrainerOptions, useBackend } from '@keepfit/fit';
import { train } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { findSchedule } from '../../src/optimizer/schedule.js';
import { commonOptions, kerasOptimizers } from './keras-optimizers.js';
import { storesAfter } from './stores-after.js';
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

/** Continues a training with each optimizer from each of these steps, of eight. */
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
      const { stores, ended } = await storesAfter({ options, trainer: trainer() });
      expect(ended.proof, 'backups change nothing').toEqual(uninterrupted.proof);
      for (const step of steps) {
        const before = [new BackupAndRestore(stores[step]!, { saveFreq: 1 })];
        const { proof, whole } = await trainPlain({ init: 99, options, trainer: trainer(), before });
        expect(proof, `step ${step}`).toEqual(uninterrupted.proof);
        expect(whole.history).toEqual(uninterrupted.whole.history);
      }
    });

    test('is restored too if the optimizer already has a memory of another training', async () => {
      const { stores, ended } = await storesAfter({ options, trainer: trainer() });
      for (const step of [0, 3]) {
        const used = plainTrainer({ init: 50, trainer: trainer() });
        const rate = used.learningRate;
        await trainPlain({ options: { ...options, seed: 3 } }, used);
        if (findSchedule(used.optimizer) === undefined) used.learningRate = rate;
        const before = [new BackupAndRestore(stores[step]!, { saveFreq: 1 })];
        const { proof } = await trainPlain({ options, before }, used);
        expect(proof, `from step ${step}`).toEqual(ended.proof);
      }
    });
  });
}
