import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { trainInNode } from '../node/train-in-node.js';
import { type Choice, DigitsPage } from './helpers/digits-page.js';
import { type OwnBrowser, useBrowser } from './helpers/in-browser.js';

let own: OwnBrowser;

beforeEach(async () => {
  own = await useBrowser();
});

afterEach(() => own.close());

const small = { model: 'convnet', digits: 128, epochs: 8, saveFreq: 3 } as const;

test.each<Choice>([
  { backend: 'wasm', store: 'indexeddb', epochs: 25 },
  { backend: 'cpu', store: 'opfs', model: 'dense', epochs: 30 },
  { backend: 'webgl', store: 'opfs', model: 'dense', digits: 96, epochs: 12 },
  { backend: 'webgpu', store: 'indexeddb', model: 'dense', digits: 96, epochs: 6 },
])(
  'a browser killed in the middle of an epoch continues by itself to the same weights: %o',
  async (choice) => {
    const whole = await DigitsPage.open(own.browser.context);
    await whole.choose({ ...small, ...choice });
    await whole.press('Train');
    const expected = await whole.finalWeights();

    await whole.press('Train');
    await whole.hasSaved(/epoch ([2-9]|\d\d), after batch/);
    await own.killAndRestart();
    const resumed = await DigitsPage.open(own.browser.context);

    expect(await resumed.finalWeights()).toBe(expected);
    expect(resumed.complaints).toEqual([]);
  },
);

test('a checkpoint made in Node continues on the page, and one of the page in Node, to the weights of a run in one piece', async () => {
  const settings = { ...small, epochs: 20, backend: 'wasm' } as const;
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
  await page.hasSaved(/epoch [3-9]/);
  await page.press('Pause');
  await page.says(/Paused in epoch/);
  const [download] = await Promise.all([page.page.waitForEvent('download'), page.press('Download')]);
  const file = join(own.profile, 'downloaded.safetensors');
  await download.saveAs(file);

  expect(await trainInNode(await readFile(file), Number.POSITIVE_INFINITY)).toEqual(expected);
});
