import { cpuBackend } from '@keepfit/backend-cpu';
import { webglBackend } from '@keepfit/backend-webgl';
import { useBackend } from '@keepfit/fit';
import { engine, env, getBackend } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

test('does not start in Node, and leaves tfjs as it was', async () => {
  await useBackend(cpuBackend());
  const flags = { ...env().getFlags() };
  expect(await webglBackend().start()).toBe(false);
  expect(await webglBackend({ software: true }).start()).toBe(false);
  expect(getBackend()).toBe('cpu');
  expect(engine().registryFactory).not.toHaveProperty('webgl');
  expect(env().getFlags()).toEqual(flags);
});

test('in a list in Node, the next backend is taken', async () => {
  expect((await useBackend([webglBackend(), cpuBackend()])).name).toBe('cpu');
  await expect(useBackend(webglBackend())).rejects.toThrow(/webgl is not available on this machine/);
});

test('names its kernels before it starts too', () =>
  expect(webglBackend().kernels).toMatch(/^keepfit-webgl \d+$/));
