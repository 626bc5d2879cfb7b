import { cpuBackend } from '@keepfit/backend-cpu';
import { type Backend, useBackend } from '@keepfit/fit';
import { expect, test } from 'vitest';
import { trainZoo, zooNames } from '../../../fit/test/helpers/train-zoo.js';
import { allPoints } from './all-points.js';

/** What repeats itself in software too: the other models are made of the same kernels, or take long there. */
const REPEATED: readonly string[] = ['mlp', 'convnet with batch norm, dropout and noise', 'GRU'];

/**
 * Every model of the zoo trains for 20 steps to the losses that it has on the cpu backend; on a real GPU each
 * time to the same bits, and in software some of them.
 */
export function gpuZoo(backend: () => Backend): void {
  for (const name of zooNames) {
    const repeated = allPoints || REPEATED.includes(name);
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
