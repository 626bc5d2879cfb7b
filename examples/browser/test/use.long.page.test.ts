import { readFile } from 'node:fs/promises';
import { encodeCheckpoint, type StateRecord } from '@keepfit/callbacks/checkpoint';
import type { CheckpointContent } from '@keepfit/callbacks/store';
import { expect } from 'vitest';
import type { DigitsPage } from './helpers/digits-page.js';
import { laterEpoch, long, test } from './helpers/page-test.js';

test('a paused training waits when the page is opened again, and continues when told to', async ({
  digits,
}) => {
  await digits.choose(long);
  await digits.press('Train');
  await digits.hasSaved(laterEpoch);
  await digits.press('Pause');
  await digits.says(/Paused in epoch/);
  await digits.page.reload();
  await digits.says(/Found a backup: epoch/);
  // The settings come from the backup, not from the defaults of the page.
  expect(await digits.page.getByLabel('Epochs').inputValue()).toBe('500');
  await digits.press('Continue');
  await digits.says(/Training on wasm: epoch [1-9]\d* of 500/);
  expect(digits.complaints).toEqual([]);
});

test('stop ends the run, and nothing is left to continue', async ({ digits }) => {
  await digits.choose(long);
  await digits.press('Train');
  await digits.says(/batch [1-9]/);
  await digits.press('Stop');
  await digits.says(/Stopped\. SHA-256/);
  await digits.page.reload();
  await digits.says(/Ready/);
});

test('stop ends the run although it is pressed before the first batch', async ({ digits }) => {
  await digits.choose(long);
  await digits.press('Train');
  await digits.press('Stop');
  await digits.says(/Stopped\. SHA-256/);
  expect(await digits.trainedShare()).toBeLessThanOrEqual(1 / long.epochs);
});

test('forget deletes the backup', async ({ digits }) => {
  await digits.choose(long);
  await digits.press('Train');
  await digits.hasSaved(/after batch/);
  await digits.press('Pause');
  await digits.says(/Paused/);
  await digits.press('Forget');
  await digits.says(/Ready/);
  await digits.page.reload();
  await digits.says(/Ready/);
});

test('a backup of other settings is an error with two ways out', async ({ digits }) => {
  await digits.choose(long);
  await digits.press('Train');
  await digits.hasSaved(/after batch/);
  await digits.press('Pause');
  await digits.says(/Paused/);
  await digits.choose({ model: 'convnet' });
  await digits.press('Continue');
  await digits.says(/Not training/);
  expect(await digits.error()).toMatch(/KEEPFIT_CHECKPOINT_MISMATCH/);
  await digits.press('Start over');
  await digits.says(/Training on wasm: epoch 1/);
});

test('what is no checkpoint is refused, and the backup stays', async ({ digits }) => {
  await digits.choose(long);
  await digits.press('Train');
  await digits.hasSaved(/after batch/);
  await digits.press('Pause');
  await digits.says(/Paused/);
  await digits.page.locator('#file').setInputFiles({
    name: 'holiday.jpg',
    mimeType: 'image/jpeg',
    buffer: Buffer.from('not a checkpoint at all'),
  });
  await expect.poll(() => digits.error()).toMatch(/KEEPFIT_CHECKPOINT_CORRUPT/);
  await digits.page.reload();
  await digits.says(/Found a backup/);
});

test('no room is an error on the page, and the old checkpoint stays', async ({ digits, own }) => {
  await digits.choose({ ...long, store: 'opfs' });
  await digits.press('Train');
  await digits.hasSaved(/after batch/);
  const devtools = await own.browser.context.newCDPSession(digits.page);
  const origin = new URL(digits.page.url()).origin;
  try {
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 100_000 });
    await digits.says(/Not training/);
    expect(await digits.error()).toMatch(/KEEPFIT_STORE_FULL/);
  } finally {
    await devtools.send('Storage.overrideQuotaForOrigin', { origin });
  }
  await digits.page.reload();
  await digits.says(/Training on wasm: epoch/);
  // Pressed while the backup is restored.
  await digits.press('Stop');
  await digits.says(/Stopped/);
  expect(await digits.trainedShare()).toBeLessThan(1);
});

/** Chooses a file to upload. */
function upload(digits: DigitsPage, name: string, buffer: Buffer): Promise<void> {
  return digits.page.locator('#file').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
}

const wholeFile = async (content: CheckpointContent): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.chunks) chunks.push(chunk.slice());
  return Buffer.concat(chunks);
};

const saved = (state: StateRecord) =>
  wholeFile(
    encodeCheckpoint(
      { entries: [], state },
      { runId: 'a', generation: 1, savedAt: '2026-01-31T08:15:00.000Z', library: '0' },
    ),
  );

test('every wrong file is told by its name and kind, replaces nothing, and is forgotten with a good one', async ({
  digits,
}) => {
  await digits.choose(long);
  await digits.press('Train');
  await digits.hasSaved(/after batch/);
  await digits.press('Pause');
  await digits.says(/Paused/);
  const [download] = await Promise.all([digits.page.waitForEvent('download'), digits.press('Download')]);
  const good = await readFile(await download.path());
  const header = Buffer.from('{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}  ');
  const plain = Buffer.concat([Buffer.from([header.length, 0, 0, 0, 0, 0, 0, 0]), header, Buffer.alloc(1)]);
  const progress = { epoch: 0, batch: 0, step: 0 };
  for (const [name, file, message] of [
    [
      'cat.png',
      Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
      /not a checkpoint of keepfit: it begins/,
    ],
    ['empty.safetensors', Buffer.alloc(0), /not a checkpoint of keepfit: it is empty/],
    [
      'notes.txt',
      Buffer.from('some words of a text'),
      /not a checkpoint of keepfit: it begins with "some wor"/,
    ],
    ['weights.safetensors', plain, /not a checkpoint of keepfit: it is a safetensors file of 1 tensors/],
    ['best.safetensors', await saved({ content: 'weights', epoch: 1, batch: null }), /holds weights alone/],
    ['other.safetensors', await saved({ progress, callbacks: [] }), /checkpoint of another program/],
    ['cut.safetensors', good.subarray(0, -9), /the bytes are damaged/],
  ] as const) {
    await upload(digits, name, file);
    await expect.poll(() => digits.error()).toMatch(message);
    expect(await digits.error()).toMatch(new RegExp(`"${name}" was not taken: .* Nothing was replaced`));
    await digits.says(/Not training/);
  }
  await upload(digits, 'good.safetensors', good);
  await digits.says(/Found a backup: epoch/);
  expect(await digits.page.getByRole('alert').isHidden()).toBe(true);
});

test('a pause tells the place that the training continues from, before the next batch too', async ({
  digits,
}) => {
  await digits.choose({ ...long, digits: 9000, saveFreq: 7 });
  await digits.press('Train');
  await digits.hasSaved(/after batch [1-9]/);
  await digits.press('Pause');
  await digits.says(/Paused in epoch/);
  for (let times = 0; times < 2; times++) {
    await digits.press('Continue');
    await digits.press('Pause');
    await digits.says(/Paused in epoch/);
    const [, place] = /Paused in (.*)\. Continue/.exec(await digits.status()) ?? [];
    await digits.page.reload();
    await digits.says(/Found a backup/);
    expect(await digits.status()).toContain(`Found a backup: ${place};`);
  }
});

test('a page that is hidden backs up at once, and trains on', async ({ digits }) => {
  await digits.choose({ ...long, saveFreq: 10_000 });
  await digits.press('Train');
  await digits.hasSaved(/epoch 1, at its begin/);
  await digits.says(/batch [1-9]/);
  await digits.page.evaluate(() => {
    // Headless pages are always visible, so the test fires the browser's event itself.
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await digits.hasSaved(/after batch/);
  expect(await digits.status()).toMatch(/Training/);
});

test('works by keyboard alone', async ({ digits }) => {
  const { page } = digits;
  await digits.choose(long);
  await page.getByRole('button', { name: 'Train' }).focus();
  await page.keyboard.press('Enter');
  await digits.says(/Training on wasm/);
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('pause');
  await digits.hasSaved(/after batch/);
  await page.keyboard.press('Space');
  await digits.says(/Paused/);
});

test.for(['light', 'dark'] as const)('fits a narrow screen, in %s', async (colorScheme, { digits }) => {
  const { page } = digits;
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width: 320, height: 700 });
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await expect.poll(overflow).toBe(0);
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(background).toBe(colorScheme === 'dark' ? 'rgb(20, 24, 30)' : 'rgb(255, 255, 255)');
});

test('trains and pauses if the user denies the page its small memory', async ({ digits }) => {
  await digits.page.addInitScript(() =>
    Object.defineProperty(globalThis, 'localStorage', {
      get() {
        throw new DOMException('denied', 'SecurityError');
      },
    }),
  );
  await digits.page.reload();
  await digits.choose(long);
  await digits.press('Train');
  await digits.hasSaved(/after batch/);
  await digits.press('Pause');
  await digits.says(/Paused in epoch/);
  expect(digits.complaints).toEqual([]);
});
