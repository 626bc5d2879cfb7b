import { cpuBackend } from '@keepfit/backend-cpu';
import { type Backend, useBackend } from '@keepfit/fit';
import { expect, test } from 'vitest';
import { trainZoo, zooNames } from '../../../fit/test/helpers/train-zoo.js';
import { allPoints, type Turn } from './all-points.js';

/** What repeats itself in software too: the other models are made of the same kernels, or take long there. */
const REPEATED: readonly string[] = ['mlp', 'convnet with batch norm, dropout and noise', 'GRU'];

/** Models in which a last bit grows to 1e-4 within a few steps. */
const SENSITIVE: readonly string[] = ['a GAN of two optimizers', 'a variational autoencoder'];

/**
 * The models of the zoo train to the losses that they have on the cpu backend; on a real GPU for 20 steps, each
 * time to the same bits, and in software some of them. There, 8 steps end with the weights of the cpu backend too, and
 * each of the two GPU backends trains every 16th model.
 */
export function gpuZoo(backend: () => Backend, turn: Turn): void {
  for (const name of zooNames.filter((_, index) => allPoints || index % 16 === 8 * turn)) {
    const repeated = allPoints || REPEATED.includes(name);
    test(`${name} trains to the same losses as on cpu${repeated ? ', and repeats itself bit for bit' : ''}`, async () => {
      const epochs = allPoints ? 5 : 2;
      await useBackend(cpuBackend());
      const wanted = await trainZoo(name, epochs);
      expect(wanted.losses).toHaveLength(4 * epochs);
      await useBackend(backend());
      const found = await trainZoo(name, epochs);
      if (repeated) expect(await trainZoo(name, epochs)).toEqual(found);
      const isExact = !allPoints && !SENSITIVE.includes(name);
      expectNear(found.losses, wanted.losses, isExact ? 1e-5 : 1e-4);
      if (isExact) expectNear(found.weights.flat(), wanted.weights.flat(), 1e-5);
    });
  }
}

function expectNear(found: readonly number[], wanted: readonly number[], room: number): void {
  expect(found).toHaveLength(wanted.length);
  const off = found.map((value, at) => Math.abs(value - (wanted[at] ?? Number.NaN)));
  expect(Math.max(...off)).toBeLessThan(room);
}
