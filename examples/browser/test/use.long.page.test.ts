import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DigitsPage } from './helpers/digits-page.js';
import { type OwnBrowser, useBrowser } from './helpers/in-browser.js';

const long = { model: 'dense', digits: 1280, epochs: 500, saveFreq: 5 } as const;

let own: OwnBrowser;
let digits: DigitsPage;

beforeAll(async () => {
  own = await useBrowser();
});

afterAll(() => own.close());

beforeEach(async () => {
  await digits?.page.close();
  digits = await DigitsPage.openAsNewVisitor(own.browser.context);
});

// The browser measures the time, so this may need another try.
test.each([
  ['backs up 64 MB', { model: 'wide', digits: 320, saveFreq: 2 }, /after batch [1-9]\d*; 6\d\.\d MB/],
  ['trains a hundred batches a second', {}, /epoch ([5-9]|\d\d+), after batch/],
] as const)('the page stays smooth while its worker %s', { retry: 2 }, async (_what, choice, place) => {
  const { page } = digits;
  await digits.choose({ ...long, ...choice });
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { tasks });
    // It reports tasks of 50 ms or more.
    new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map(({ duration }) => duration)),
    ).observe({ type: 'longtask' });
  });
  await digits.press('Train');
  await digits.hasSaved(place);
  await digits.press('Pause');
  await digits.says(/Paused/);
  expect(await page.evaluate(() => (globalThis as unknown as { tasks: number[] }).tasks)).toEqual([]);
});

test('stop ends the run, and nothing is left to continue', async () => {
  await digits.choose(long);
  await digits.press('Train');
  await digits.says(/batch [1-9]/);
  await digits.press('Stop');
  await digits.says(/Stopped\. SHA-256/);
  await digits.page.reload();
  await digits.says(/Ready/);
});

test('stop ends the run although it is pressed before the first batch', async () => {
  await digits.choose(long);
  await digits.press('Train');
  await digits.press('Stop');
  await digits.says(/Stopped\. SHA-256/);
  expect(await digits.trainedShare()).toBeLessThanOrEqual(1 / long.epochs);
});

test('forget deletes the backup', async () => {
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

test('a backup of other settings is an error with two ways out', async () => {
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

test('what is no checkpoint is refused, and the backup stays', async () => {
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

test('no room is an error on the page, and the old checkpoint stays', async () => {
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
