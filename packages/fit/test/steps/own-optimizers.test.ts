import { cpuBackend } from '@keepfit/backend-cpu';
import { SwapEMAWeights } from '@keepfit/callbacks';
import { Trainer, useBackend } from '@keepfit/fit';
import { adam } from '@keepfit/optimizers';
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

/** Phases of which some optimizers keep an average. */
const withAverages =
  (averaged: readonly string[]): MakeTrainer =>
  (model) =>
    new Trainer(model, {
      phases: ganPhases(model).map((phase) => ({
        ...phase,
        optimizer: adam({ learningRate: 0.05, useEma: averaged.includes(phase.name), emaMomentum: 0.5 }),
      })),
    });

test.each([[[]], [['generator']]])(
  'SwapEMAWeights takes the averages of several optimizers: %j',
  async (averaged) => {
    const swap = [new SwapEMAWeights({ swapOnEpoch: true, ...(averaged.length === 0 && { momentum: 0.5 }) })];
    const [plain, whole] = [
      await trainGan([], withAverages([])),
      await trainGan([], withAverages(averaged), swap),
    ];
    const parts = averaged.length === 0 ? ['generator', 'discriminator'] : averaged;
    const isFinal = (name: string) => parts.includes(name.split('/')[0] ?? '');
    for (const [name, values] of Object.entries(plain.weights))
      expect(String(whole.weights[name]) === String(values), name).toBe(!isFinal(name));
    expect(whole.history).toEqual(plain.history);
    expect(await trainGan([3, 1], withAverages(averaged), swap)).toEqual(whole);
  },
);

test('SwapEMAWeights with momentum is refused beside an average of one of several optimizers', async () => {
  const swap = new SwapEMAWeights({ momentum: 0.9 });
  await expect(trainGan([], withAverages(['generator']), [swap])).rejects.toThrow(
    'SwapEMAWeights has momentum 0.9, but the optimizer Adam has useEma',
  );
});
