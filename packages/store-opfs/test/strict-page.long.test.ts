import { chromium } from 'playwright';
import { expect, test } from 'vitest';
import { chromiumPath } from '../../../test/browser/chromium.js';
import { serveSources } from '../../store-indexeddb/test/helpers/serve-sources.js';

test.skipIf(chromiumPath === undefined)(
  'a page whose policy refuses the worker stores all the same',
  async () => {
    const server = await serveSources({ policy: "default-src 'self'; worker-src 'self'" });
    const browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(120_000);
      const messages: string[] = [];
      page.on('console', (message) => messages.push(message.text()));
      await page.goto(`${server.origin}/strict-page?store=opfs`);
      await page.waitForFunction('globalThis.inPage !== undefined', undefined, { polling: 20 });
      for (const number of [1, 2]) expect(await page.evaluate(`inPage.set(${number}, 3000000)`)).toBe('');
      expect(await page.evaluate('inPage.number(3000000)')).toBe(2);
      expect(await page.evaluate('inPage.parts()')).toBe(1);
      // Asked once, not at each set.
      expect(messages.filter((text) => text.includes('worker-src'))).toHaveLength(1);
    } finally {
      await browser.close();
      await server.close();
    }
  },
);
