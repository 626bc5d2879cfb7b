import { cpuBackend } from '@keepfit/backend-cpu';
import { type Backend, useBackend } from '@keepfit/fit';
import { expect, test } from 'vitest';
import { trainZoo, zooNames } from './train-zoo.js';

/**
 * Each of these models of the zoo trains on this backend to the losses that it has on the cpu backend, and each time
 * to the same bits.
 */
export function zooConformance(backend: () => Backend, names: readonly string[] = zooNames): void {
  test.each(names)('%s trains to the same losses as on cpu, and repeats itself bit for bit', async (name) => {
    await useBackend(cpuBackend());
    const wanted = await trainZoo(name, 5);
    expect(wanted.losses).toHaveLength(20);
    await useBackend(backend());
    const found = await trainZoo(name, 5);
    const again = await trainZoo(name, 5);
    expect(again).toEqual(found);
    const off = found.losses.map((loss, step) => Math.abs(loss - (wanted.losses[step] ?? Number.NaN)));
    expect(Math.max(...off)).toBeLessThan(1e-4);
  });
}
