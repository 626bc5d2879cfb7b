import { expect, test } from 'vitest';
import { webkit } from '../../../test/browser/webkit.js';
import { openPage } from '../../store-indexeddb/test/helpers/test-in-browser.js';

const page = openPage(webkit, 'opfs');

test.runIf(page.isInstalled)('says in Debian’s WebKit, which has no OPFS, which store to use', async () => {
  const browser = await page.open();
  expect(await browser.evaluate('navigator.storage?.getDirectory === undefined')).toBe(true);
  expect(await browser.evaluate('inPage.set(1, 10)')).toMatch(
    /^KEEPFIT_STORE_FAILED: .*this browser has no private folders; use indexedDBStore$/,
  );
});
