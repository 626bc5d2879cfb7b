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
