import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveBuiltPage, type ServedPage } from '../../../test/browser/serve-built-page.js';
import { type OwnBrowser, useBrowser } from '../../browser/test/helpers/in-browser.js';

let served: ServedPage;
let own: OwnBrowser;

beforeAll(async () => {
  served = await serveBuiltPage(fileURLToPath(new URL('..', import.meta.url)));
  own = await useBrowser();
});
afterAll(async () => {
  await own?.close();
  await served?.close();
});

test('transfer learning in a page that is closed in each of its trainings ends with the weights of one that stays open', async () => {
  const whole = await open();
  const expected = await readDigest(whole);
  expect(await whole.locator('#resumed').innerText()).toBe('');

  await whole.getByRole('button', { name: 'Start over' }).click();
  await closeAfter(whole, /digits 0 to 4: step [1-4]\d of/);
  const second = await open();
  await closeAfter(second, /digits 5 to 9, .*: step [1-4]\d of/);

  const third = await open();
  expect(await readDigest(third)).toBe(expected);
  expect(await third.locator('#resumed').innerText()).toMatch(/Continued after step [1-9]\d* of/);
  // The dashed line of each training.
  expect(await third.locator('#base-chart .resumed').count()).toBe(1);
  expect(await third.locator('#head-chart .resumed').count()).toBe(1);
});

async function open(): Promise<Page> {
  const page = await own.browser.context.newPage();
  await page.bringToFront();
  await page.goto(`${served.url}?digits=500&epochs=8`);
  return page;
}

/** Closes the page in mid-training, when its status reads so. */
async function closeAfter(page: Page, status: RegExp): Promise<void> {
  await expect.poll(() => page.locator('#status').textContent(), { interval: 10 }).toMatch(status);
  await page.close();
}

/** Waits for the end, and reads the SHA-256 of the weights and the histories. */
async function readDigest(page: Page): Promise<string> {
  await expect
    .poll(() => page.locator('#digest').textContent(), { timeout: 240_000 })
    .toMatch(/weights: [0-9a-f]{64};/);
  return page.locator('#digest').innerText();
}
