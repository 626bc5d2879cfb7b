import { cpuBackend } from '@keepfit/backend-cpu';
import { Trainer, useBackend } from '@keepfit/fit';
import type { Optimizer } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ByLazyMap, ByName } from '../helpers/own-optimizers.js';
import { ganPhases, type MakeTrainer, trainGan } from '../helpers/train-gan.js';
import { labelLoss } from '../helpers/two-part-model.js';

beforeAll(() => useBackend(cpuBackend()));

test.each<[string, () => Optimizer]>([
  ['names', () => new ByName()],
  ['a map', () => new ByLazyMap()],
])('optimizers of the user that keep their state by %s resume in phases', async (_, create) => {
  const make: MakeTrainer = (model) =>
    new Trainer(model, { phases: ganPhases(model).map((phase) => ({ ...phase, optimizer: create() })) });
  const whole = await trainGan([], make);
  expect(Object.keys(whole.tensors).filter((name) => name.startsWith('optimizers/')).length).toBeGreaterThan(
    1,
  );
  expect(await trainGan([3, 1], make)).toEqual(whole);
});

test('an optimizer of the user resumes in trainStep, also by gradients', async () => {
  const make: MakeTrainer = (model) =>
    new Trainer(model, {
      optimizers: { judge: { optimizer: new ByName(), weights: 'discriminator' } },
      trainStep({ x }, { gradients, apply, minimize }) {
        const found = gradients('judge', () => labelLoss(model.judge(x), 1));
        apply('judge', found.gradients);
        return { loss: minimize('judge', () => labelLoss(model.judge(x), 0)) };
      },
    });
  const whole = await trainGan([], make);
  expect(Object.keys(whole.tensors).filter((name) => name.startsWith('optimizers/')).length).toBeGreaterThan(
    1,
  );
  expect(await trainGan([3, 1], make)).toEqual(whole);
});
