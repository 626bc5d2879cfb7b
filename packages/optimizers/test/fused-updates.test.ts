import { cpuBackend } from '@keepfit/backend-cpu';
import { wasmBackend } from '@keepfit/backend-wasm';
import { useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { Optimizer } from '../src/index.js';
import { countKernels, trainSteps, withoutKernel } from './helpers/compare-updates.js';
import { ELEMENTWISE, OTHERS } from './helpers/optimizer-list.js';

const ALL = { weightDecay: 0.01, globalClipnorm: 0.7, useEma: true, gradientAccumulationSteps: 2 };

describe.each([
  ['cpu', cpuBackend],
  ['wasm', wasmBackend],
] as const)('on %s', (_name, createBackend) => {
  beforeAll(() => useBackend(createBackend()));

  test.each(Object.entries(ELEMENTWISE))('%s updates each weight by one kernel', async (_, create) => {
    expect(await countKernels(create({ weightDecay: 0.01, clipvalue: 0.5 }))).toEqual({ KeepfitUpdate: 3 });
  });

  test.each(Object.entries({ ...ELEMENTWISE, ...OTHERS }))(
    '%s gives the bits of the plain ops',
    async (_, create) => {
      const fused = await trainSteps(create(ALL));
      expect(fused).toEqual(await withoutKernel(() => trainSteps(create(ALL))));
      expect(fused.join()).not.toContain('NaN');
    },
  );

  test('an average takes one kernel more for each weight, and accumulation none for the update', async () => {
    const { adamW } = ELEMENTWISE;
    expect(await countKernels(adamW({ useEma: true }))).toEqual({ KeepfitUpdate: 6 });
    const counts = await countKernels(adamW({ gradientAccumulationSteps: 2 }));
    expect(counts['KeepfitUpdate']).toBe(3);
  });

  test('lamb and muon fuse what is elementwise', async () => {
    expect((await countKernels(OTHERS.lamb({})))['KeepfitUpdate']).toBe(3);
    // Two of the three weights are vectors, which Adam updates.
    expect((await countKernels(OTHERS.muon({})))['KeepfitUpdate']).toBe(2);
  });

  test('a class of your own that only says how a weight changes works with any op', async () => {
    class Signs extends Optimizer {
      static className = 'Signs';
      constructor() {
        super({}, { learningRate: 0.01 });
      }
      protected override update(
        _: unknown,
        weight: tf.Tensor,
        gradient: tf.Tensor,
      ): Record<string, tf.Tensor> {
        return { weight: tf.sub(weight, tf.tanh(gradient)) };
      }
    }
    expect((await countKernels(new Signs()))['KeepfitUpdate']).toBeUndefined();
    expect(await trainSteps(new Signs())).toEqual(await trainSteps(new Signs()));
  });
});
