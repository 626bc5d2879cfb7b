import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Choice, DigitsPage } from './digits-page.js';
import { type OwnBrowser, useBrowser } from './in-browser.js';

export const small = { model: 'convnet', digits: 128, epochs: 8, saveFreq: 3, workers: 0 } as const;

/** A training whose browser is killed. With `later`, the resumed one is paused, and continues with these settings. */
export interface KilledTraining extends Choice {
  readonly later?: Choice;
}

/** Registers, for each of these trainings, the test in which its browser is killed. */
export function killTests(trainings: readonly KilledTraining[]): void {
  let own: OwnBrowser;

  beforeEach(async () => {
    own = await useBrowser();
  });

  afterEach(() => own.close());

  test.each(trainings)(
    'a browser killed in the middle of an epoch continues by itself to the same weights: %o',
    async ({ later, ...choice }) => {
      const whole = await DigitsPage.open(own.browser.context);
      await whole.choose({ ...small, ...choice });
      await whole.press('Train');
      const expected = await whole.finalWeights();

      await whole.press('Train');
      await whole.hasSaved(/epoch ([2-9]|\d\d), after batch/);
      await own.killAndRestart();
      const resumed = await DigitsPage.open(own.browser.context);
      if (later !== undefined) {
        await resumed.press('Pause');
        await resumed.choose(later);
        await resumed.press('Continue');
      }

      expect(await resumed.finalWeights()).toBe(expected);
      expect(resumed.complaints).toEqual([]);
    },
  );
}
