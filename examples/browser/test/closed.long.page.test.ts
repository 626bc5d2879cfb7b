import { expect } from 'vitest';
import { DigitsPage } from './helpers/digits-page.js';
import { laterEpoch, long, test } from './helpers/page-test.js';

test('a page that is closed in mid-training continues by itself, with complete curves', async ({
  digits,
}) => {
  await digits.choose(long);
  await digits.press('Train');
  await digits.hasSaved(laterEpoch);
  await digits.page.reload();
  await digits.says(/Training on wasm: epoch [1-9]\d* of 500/);
  const textOf = (id: string) => digits.page.locator(id).innerText();
  await expect.poll(() => textOf('#speed')).toMatch(/^[\d.]+ batches\/s$/);
  expect(await textOf('#memory')).toMatch(/^[\d.]+ (kB|MB) in \d+ tensors$/);
  expect(await textOf('#threads')).toBe('1 (this page)');
  // The first point of the curve is from before.
  await digits.page.locator('#loss .u-wrap').waitFor();
  expect(digits.complaints).toEqual([]);
});

test('a second tab is told that another has the backup, and the first trains on', async ({ digits, own }) => {
  await digits.choose(long);
  await digits.press('Train');
  await digits.hasSaved(/after batch/);
  const second = await DigitsPage.open(own.browser.context);
  await second.says(/Not training/);
  expect(await second.error()).toMatch(/KEEPFIT_STORE_LOCKED/);
  await second.page.close();
  const before = await digits.status();
  await expect.poll(() => digits.status()).not.toBe(before);
  expect(await digits.status()).toMatch(/Training/);
});
