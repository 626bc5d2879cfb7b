import { cpuBackend } from '@keepfit/backend-cpu';
import { webglBackend } from '@keepfit/backend-webgl';
import { useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { probeWebgl } from '../src/probe-webgl.js';
import { backendTests } from './helpers/backend-tests.js';
import { placeTests } from './helpers/kernel-tests.js';

const make = () => webglBackend({ software: true });

test.skipIf(probeWebgl().kind === 'gpu')(
  'is refused where WebGL is computed in software, and the next backend is taken',
  async () => {
    await expect(useBackend(webglBackend())).rejects.toMatchObject({
      code: 'KEEPFIT_BACKEND_UNAVAILABLE',
      message: expect.stringMatching(
        /webgl: .*software computes it here .*webglBackend\(\{ software: true \}\)/,
      ),
    });
    expect((await useBackend([webglBackend(), cpuBackend()])).name).toBe('cpu');
  },
);

test.runIf(import.meta.env['VITE_KEEPFIT_GPU'])('a GPU computes', () =>
  expect(probeWebgl()).toMatchObject({ kind: 'gpu' }),
);

backendTests(make);
placeTests(make);
test('names what computes and its arithmetic, as another GPU or driver may round otherwise', async () => {
  const backend = await useBackend(make());
  expect(backend.kernels).toMatch(/^keepfit-webgl \d+ on .+, arithmetic [0-9a-f]{8}$/);
});

test('refuses an axis of more cells than single precision can number', async () => {
  await useBackend(make());
  const { numTensors } = tf.memory();
  tf.tidy(() => {
    const long = tf.zeros([2 ** 24 + 2]);
    expect(() => tf.add(long, 1)).toThrow(
      /KEEPFIT_BACKEND_UNAVAILABLE: on webgl .*\[16777218\].* wrong results/,
    );
    // tfjs sums all values as one axis.
    const table = tf.reshape(long, [2, 2 ** 23 + 1]);
    expect(() => tf.sum(table)).toThrow(/shorter axes/);
    expect(tf.sum(table, 1).shape).toEqual([2]);
  });
  expect(tf.memory().numTensors).toBe(numTensors);
});

test('has the epsilon of 32-bit floats while it runs', async () => {
  await useBackend(make());
  expect(tf.backend().epsilon()).toBe(1e-7);
  await useBackend(cpuBackend());
  expect(tf.env().getBool('WEBGL_CPU_FORWARD')).toBe(true);
});

test('refuses a device that computes with 16-bit floats only', async () => {
  await useBackend(cpuBackend());
  tf.env().set('WEBGL_RENDER_FLOAT32_ENABLED', false);
  await expect(useBackend(make())).rejects.toMatchObject({
    message: expect.stringMatching(/webgl: .*16-bit floats .*too coarse/),
  });
  expect(tf.getBackend()).toBe('cpu');
  tf.env().set('WEBGL_RENDER_FLOAT32_ENABLED', true);
});

test('refuses an unknown option', () => {
  expect(() => webglBackend({ sofware: true } as object)).toThrow(
    /KEEPFIT_INVALID_OPTION: webglBackend has no option "sofware"; it has software/,
  );
});

// The last test, because the context does not come back.
test('tells those who read, and those who wait for values, that the context is lost', async () => {
  await useBackend(make());
  const values = tf.ones([300]);
  const { gl } = (
    tf.backend() as unknown as { getGPGPUContext(): { gl: WebGL2RenderingContext } }
  ).getGPGPUContext();
  const lost = new Promise((resolve) => gl.canvas.addEventListener('webglcontextlost', resolve));
  const waiting = tf.add(values, 1).data();
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  await expect(waiting).rejects.toMatchObject({
    code: 'KEEPFIT_BACKEND_UNAVAILABLE',
    message: expect.stringContaining('WebGL context'),
  });
  await lost;
  await expect(tf.add(values, 2).data()).rejects.toMatchObject({ code: 'KEEPFIT_BACKEND_UNAVAILABLE' });
  await useBackend(cpuBackend());
});
