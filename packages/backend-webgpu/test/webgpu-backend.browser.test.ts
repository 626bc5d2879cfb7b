import { cpuBackend } from '@keepfit/backend-cpu';
import { webglBackend } from '@keepfit/backend-webgl';
import { webgpuBackend } from '@keepfit/backend-webgpu';
import { useBackend } from '@keepfit/fit';
import { backendConformance } from '@keepfit/fit/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { backendTests, trainingTests } from '../../backend-webgl/test/helpers/backend-tests.js';
import { gpuTest } from '../../backend-webgl/test/helpers/gpu-test.js';
import { kernelTests, placeTests } from '../../backend-webgl/test/helpers/kernel-tests.js';
import { probeWebgpu } from '../src/probe-webgpu.js';

const make = () => webgpuBackend({ software: true });

const { kind } = await probeWebgpu();

test.skipIf(kind === 'gpu')(
  'of a list the first that starts is taken, and where none does each says why',
  async () => {
    expect((await useBackend([webgpuBackend(), webglBackend(), cpuBackend()])).name).toBe('cpu');
    expect((await useBackend([webgpuBackend(), webglBackend({ software: true }), cpuBackend()])).name).toBe(
      'webgl',
    );
    expect((await useBackend([make(), webglBackend({ software: true }), cpuBackend()])).name).toBe('webgpu');
    await expect(useBackend([webgpuBackend(), webglBackend()])).rejects.toMatchObject({
      code: 'KEEPFIT_BACKEND_UNAVAILABLE',
      message: expect.stringMatching(
        /webgpu: .*software computes it here.*webgl: .*software computes it here/,
      ),
    });
  },
);

test.runIf(import.meta.env['VITE_KEEPFIT_GPU'])('a GPU computes', async () =>
  expect(await probeWebgpu()).toMatchObject({ kind: 'gpu' }),
);

trainingTests(make, 'quick');
backendTests(make);
kernelTests(make);
placeTests(make);
backendConformance({
  test: gpuTest,
  backend: make,
  stock: () => import('@tensorflow/tfjs-backend-webgpu'),
});

test('names what computes and its arithmetic, as another GPU or driver may round otherwise', async () => {
  const backend = await useBackend(make());
  expect(backend.kernels).toMatch(/^keepfit-webgpu \d+ on .+, arithmetic [0-9a-f]{8}$/);
});

test('refuses an unknown option', () => {
  expect(() => webgpuBackend({ sofware: true } as object)).toThrow(
    /KEEPFIT_INVALID_OPTION: webgpuBackend has no option "sofware"; it has software/,
  );
});

// The last test, because the device does not come back.
test('tells those who read that the device is lost', async () => {
  await useBackend(make());
  const values = tf.ones([300]);
  const { device } = tf.backend() as unknown as { device: { destroy(): void; lost: Promise<unknown> } };
  await tf.add(values, 1).data();
  device.destroy();
  await device.lost;
  await expect(tf.add(values, 2).data()).rejects.toMatchObject({
    code: 'KEEPFIT_BACKEND_UNAVAILABLE',
    message: expect.stringContaining('is lost'),
  });
  await useBackend(cpuBackend());
});
