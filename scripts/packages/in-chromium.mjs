import { chromium } from 'playwright';
import { chromiumArgs, chromiumPath } from '../../test/browser/chromium.ts';
import { serve } from './serve.mjs';

/**
 * Serves a folder, with these headers, and gives `visit` a browser context and the address. CI needs a Chromium;
 * elsewhere a missing one is reported and skipped.
 */
export async function inChromium(folder, visit, headers = {}) {
  if (chromiumPath === undefined) {
    if (process.env.CI)
      throw new Error('no Chromium was found (looked in /usr/bin and at the variable CHROMIUM)');
    console.log('      No Chromium found: built, and not run in one.');
    return;
  }
  const server = await serve(folder, headers);
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArgs });
  try {
    await visit(await browser.newContext(), server.origin);
  } finally {
    await browser.close();
    await server.close();
  }
}
