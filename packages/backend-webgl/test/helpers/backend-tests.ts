import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore } from '@keepfit/callbacks';
import { type Backend, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { getBackend, getKernel, memory } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { throwAt } from '../../../fit/test/helpers/throw-at.js';
import { allPoints, type Turn } from './all-points.js';
import { trainMember } from './train-member.js';
import { type Member, zoo } from './zoo.js';

/** One more than the crashed training has, so that its last capture is read while training continues. */
const EPOCHS = 3;

/** What holds for every backend that is made for training. */
export function backendTests(make: () => Backend): void {
  stopTest(make);
}

/**
 * Trains models on the backend: in `npm test` the one that compiles the fewest shaders, on one of the GPU
 * backends; the others in `npm run test:long`, where in software each has its turn on one of them.
 */
export function trainingTests(make: () => Backend, which: 'quick' | Turn): void {
  const isTried = (member: Member, index: number): boolean =>
    which === 'quick' ? isQuick(member) : allPoints || (!isQuick(member) && index % 2 === which);
  trainMembers(make, zoo.filter(isTried));
}

function isQuick({ name }: Member): boolean {
  return name.startsWith('a dense net');
}

function trainMembers(make: () => Backend, members: readonly Member[]): void {
  for (const member of members) {
    test(`trains ${member.name} to the losses of the cpu backend, crashed or not to the same bits, and leaves no tensors`, async () => {
      await useBackend(cpuBackend());
      const wanted = await trainMember(member, EPOCHS);
      const { name } = await useBackend(make());
      expect(getBackend()).toBe(name);
      const before = memory().numTensors;
      const whole = await trainMember(member, EPOCHS);
      expect(whole.losses).toHaveLength(4 * EPOCHS);
      whole.losses.forEach((loss, step) =>
        expect(Math.abs(loss - (wanted.losses[step] ?? NaN)), `step ${step}`).toBeLessThan(
          allPoints ? 1e-4 : 1e-5,
        ),
      );

      const store = memoryStore();
      const crashed = trainMember(member, 2, [
        new BackupAndRestore(store, { saveFreq: 3 }),
        throwAt({ hook: 'onTrainBatchEnd', call: 5 }),
      ]);
      await expect(crashed).rejects.toMatchObject({ code: 'KEEPFIT_HOOK_FAILED' });
      const resumed = await trainMember(member, 2, [new BackupAndRestore(store, { saveFreq: 3 })]);
      expect(resumed.losses).toEqual(whole.losses.slice(3, 8));
      expect(Object.keys(whole.weights).length).toBeGreaterThan(0);
      expect(resumed.weights).toEqual(whole.weights);
      expect(memory().numTensors).toBe(before);
    });
  }
}

function stopTest(make: () => Backend): void {
  test('stop puts back the kernels of tfjs', async () => {
    // Once, to have the kernels of tfjs loaded.
    await useBackend(make());
    await useBackend(cpuBackend());
    const backend = make();
    const stock = getKernel('PadV2', backend.name);
    expect(stock).toBeDefined();
    await useBackend(backend);
    expect(getKernel('PadV2', backend.name)).not.toBe(stock);
    await useBackend(cpuBackend());
    expect(getKernel('PadV2', backend.name)).toBe(stock);
  });
}
