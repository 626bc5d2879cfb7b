import { cpuBackend } from '@keepfit/backend-cpu';
import { webgpuBackend } from '@keepfit/backend-webgpu';
import { useBackend } from '@keepfit/fit';
import { engine, env, getBackend, getKernelsForBackend } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

test('does not start in Node, and leaves tfjs as it was', async () => {
  await useBackend(cpuBackend());
  const flags = { ...env().getFlags() };
  expect(await webgpuBackend().start()).toBe(false);
  expect(await webgpuBackend({ software: true }).start()).toBe(false);
  expect(getBackend()).toBe('cpu');
  expect(engine().registryFactory).not.toHaveProperty('webgpu');
  expect(getKernelsForBackend('webgpu')).toEqual([]);
  expect(env().getFlags()).toEqual(flags);
});

test('in a list in Node, the next backend is taken', async () => {
  expect((await useBackend([webgpuBackend(), cpuBackend()])).name).toBe('cpu');
  await expect(useBackend(webgpuBackend())).rejects.toThrow(/webgpu is not available on this machine/);
});

test('names its kernels before it starts too', () =>
  expect(webgpuBackend().kernels).toMatch(/^keepfit-webgpu \d+$/));
