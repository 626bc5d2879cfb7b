import { cpuBackend } from '@keepfit/backend-cpu';
import { type Backend, useBackend } from '@keepfit/fit';
import { expect, test } from 'vitest';
import { trainZoo, zooNames } from '../../../fit/test/helpers/train-zoo.js';
import { allPoints } from './all-points.js';

/** Long in software, and made of the same kernels as those that are repeated, here and in `backendTests`. */
const LONG: readonly string[] = [
  'embedding and LSTM with both dropouts',
  'stateful LSTM',
  'stateful GRU, bidirectional',
  'bidirectional LSTM',
  'transformer block with layer norm and masking',
];

/**
 * Every model of the zoo trains for 20 steps to the losses that it has on the cpu backend, and each time to
 * the same bits.
 */
export function gpuZoo(backend: () => Backend): void {
  for (const name of zooNames) {
    const repeated = allPoints || !LONG.includes(name);
    test(`${name} trains to the same losses as on cpu${repeated ? ', and repeats itself bit for bit' : ''}`, async () => {
      await useBackend(cpuBackend());
      const wanted = await trainZoo(name);
      expect(wanted.losses).toHaveLength(20);
      await useBackend(backend());
      const found = await trainZoo(name);
      if (repeated) expect(await trainZoo(name)).toEqual(found);
      const off = found.losses.map((loss, step) => Math.abs(loss - (wanted.losses[step] ?? Number.NaN)));
      expect(Math.max(...off)).toBeLessThan(1e-4);
    });
  }
}
