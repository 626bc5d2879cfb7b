import { expect } from 'vitest';
import { long, test } from './helpers/page-test.js';

// The browser measures the time, so this may need another try.
test.for([
  ['backs up 64 MB', { model: 'wide', digits: 320, saveFreq: 2 }, /after batch [1-9]\d*; 6\d\.\d MB/],
  ['trains a hundred batches a second', {}, /epoch ([5-9]|\d\d+), after batch/],
] as const)(
  'the page stays smooth while its worker %s',
  { retry: 2 },
  async ([, choice, place], { digits }) => {
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
  },
);
