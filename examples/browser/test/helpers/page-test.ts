import { test as base } from 'vitest';
import { DigitsPage } from './digits-page.js';
import { type OwnBrowser, useBrowser } from './in-browser.js';

/** A training that no test waits for to end. */
export const long = { model: 'dense', digits: 1280, epochs: 500, saveFreq: 5 } as const;

/** Any later epoch: the page reports progress five times a second, so it may skip an epoch. */
export const laterEpoch = /epoch ([2-9]|\d\d+), after batch/;

interface FileFixtures {
  /** The browser of all tests of the file. */
  readonly own: OwnBrowser;
}

interface TestFixtures {
  /** The page, opened by a new visitor. */
  readonly digits: DigitsPage;
}

export const test = base.extend<{ $file: FileFixtures; $test: TestFixtures }>({
  own: [
    // Vitest reads the names of the fixtures that it needs here.
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const own = await useBrowser();
      await use(own);
      await own.close();
    },
    { scope: 'file' },
  ],
  digits: async ({ own }, use) => {
    const digits = await DigitsPage.openAsNewVisitor(own.browser.context);
    await use(digits);
    await digits.page.close();
  },
});
