import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { trainInNode } from '../node/train-in-node.js';
import { sample } from '../../../test/setup/sample.js';
import { DigitsPage } from './helpers/digits-page.js';
import { useBrowser } from './helpers/in-browser.js';
import { killTests, small } from './helpers/kill-tests.js';

const killed = [
  { backend: 'cpu', store: 'opfs', model: 'dense', epochs: 12 },
  { backend: 'webgl', store: 'opfs', model: 'dense', digits: 96, epochs: 7 },
  { backend: 'webgpu', store: 'indexeddb', model: 'dense', digits: 96, epochs: 4 },
] as const;

killTests([
  { backend: 'wasm', store: 'indexeddb', workers: 2, epochs: 8, later: { workers: 1 } },
  ...sample(killed, 3),
]);

test('a checkpoint made in Node continues on the page, and one of the page in Node, to the weights of a run in one piece', async () => {
  const own = await useBrowser();
  onTestFinished(() => own.close());
  const settings = { ...small, epochs: 10, backend: 'wasm' } as const;
  const expected = await trainInNode(undefined, Number.POSITIVE_INFINITY, settings);
  const begun = await trainInNode(undefined, 5, settings);
  if (begun.kind !== 'paused') throw new Error('the training in Node was not paused');
  const page = await DigitsPage.open(own.browser.context);
  await page.says(/Ready/);

  await page.page.locator('#file').setInputFiles({
    name: 'digits.safetensors',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(begun.checkpoint),
  });
  await page.says(/Found a backup: epoch 2, after batch 1;/);
  await page.press('Continue');
  await page.hasSaved(/epoch ([3-9]|\d\d)/);
  await page.press('Pause');
  await page.says(/Paused in epoch/);
  const [download] = await Promise.all([page.page.waitForEvent('download'), page.press('Download')]);
  const file = join(own.profile, 'downloaded.safetensors');
  await download.saveAs(file);

  expect(await trainInNode(await readFile(file), Number.POSITIVE_INFINITY)).toEqual(expected);
});
