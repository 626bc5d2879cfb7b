import { cpuBackend } from '@keepfit/backend-cpu';
import { wasmBackend } from '@keepfit/backend-wasm';
import { useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { Adam, Optimizer } from '../src/index.js';
import { type Formula, runUpdate } from '../src/update/run-update.js';
import { countKernels, trainSteps, withoutKernel } from './helpers/compare-updates.js';
import { ELEMENTWISE, OTHERS } from './helpers/optimizer-list.js';

const ALL = { weightDecay: 0.01, globalClipnorm: 0.7, useEma: true, gradientAccumulationSteps: 2 };

/** What subclasses in JavaScript may make of the update of a class whose updates are fused. */
type Change = (ops: typeof tf, before: { weight: tf.Tensor }, weight: tf.Tensor) => tf.Tensor;
const SUBCLASSES: Readonly<Record<string, Change>> = {
  'uses the ops': (ops, { weight }) => ops.mul(weight, 0.5),
  'uses ops of tfjs': (_, { weight }) => tf.mul(weight, 0.5),
  'reads the size': (ops, { weight }, before) => ops.sub(weight, 1 / before.size),
  'reads the values': (ops, { weight }, before) => ops.sub(weight, before.dataSync()[0]!),
};

function createSubclass(change: Change): new () => Adam {
  return class extends Adam {
    override update(...given: Parameters<Adam['update']>): ReturnType<Adam['update']> {
      const result = super.update(...given);
      return { ...result, weight: change(given[0] as never, result as never, given[1] as never) as never };
    }
  };
}

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

  test.each(Object.entries(SUBCLASSES))(
    'a subclass that %s has the bits of the plain ops',
    async (_, update) => {
      const create = () => new (createSubclass(update))();
      const fused = await trainSteps(create());
      expect(fused).toEqual(await withoutKernel(() => trainSteps(create())));
      expect(fused).not.toEqual(await trainSteps(new Adam()));
    },
  );

  test('an operand may be a tensor of several numbers', async () => {
    const add: Formula = (ops, [value]) => [ops.add(value!, tf.tensor1d([1, 2]) as never)];
    const sum = tf.tidy(() => runUpdate([tf.tensor1d([10, 10])], add)[0]!);
    expect([...(await sum.data())]).toEqual([11, 12]);
    sum.dispose();
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
