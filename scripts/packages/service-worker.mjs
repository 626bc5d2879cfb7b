import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { inChromium } from './in-chromium.mjs';
import { isolation } from './serve.mjs';

/** The files of the packages that the worker loads. */
const files = [
  '@tensorflow/tfjs/dist/tf.min.js',
  '@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js',
  '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
  'keepfit/dist/keepfit.script.js',
];

/**
 * Trains in a service worker that the browser stops in the middle. It must resume on WASM, and end with the weights of a
 * page that was never stopped. Does the same on a page that may share memory, where tfjs by itself would start threads.
 *
 * @param project the folder of a project with all packages installed
 */
export async function checkServiceWorker(root, project) {
  const site = join(project, 'service-worker-site');
  cpSync(join(root, 'scripts/packed/service-worker'), site, { recursive: true });
  for (const file of files) cpSync(join(project, 'node_modules', file), join(site, file.split('/').at(-1)));
  for (const headers of [{}, isolation])
    await inChromium(site, (context, origin) => trainTwice(context, origin), headers);
}

async function trainTwice(context, origin) {
  const page = await context.newPage();
  await page.goto(origin);
  const waitFor = async (isReached) => {
    for (;;) {
      const state = await page.evaluate(() => ask('train'));
      assert.notEqual(state.kind, 'failed', state.message);
      if (isReached(state)) return state;
      await page.waitForTimeout(50);
    }
  };
  await waitFor(({ epoch }) => epoch >= 3);
  const devtools = await context.newCDPSession(page);
  await devtools.send('ServiceWorker.enable');
  await devtools.send('ServiceWorker.stopAllWorkers');
  const { weight, resumed } = await waitFor(({ kind }) => kind === 'trained');
  const whole = await page.evaluate(() => train('whole', () => {}));
  assert.deepEqual({ weight, resumed }, { weight: whole.weight, resumed: true });
}
