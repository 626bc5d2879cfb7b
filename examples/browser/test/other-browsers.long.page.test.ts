import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, inject, onTestFinished, test } from 'vitest';
import { type BrowserKind, type DrivenBrowser, isInstalled } from '../../../test/browser/driven-browser.js';
import { firefox } from '../../../test/browser/firefox.js';
import { webkit } from '../../../test/browser/webkit.js';
import { small } from './helpers/kill-tests.js';

test.each([firefox, webkit].filter(isInstalled))(
  'a $name killed in the middle of an epoch, twice, continues by itself to the same weights',
  async (kind) => {
    const profile = mkdtempSync(join(tmpdir(), 'keepfit-profile-'));
    let browser = await open(kind, profile);
    onTestFinished(async () => {
      await browser.kill();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    });
    await says(browser, 'status', /Ready/);
    for (const [name, value] of Object.entries({
      ...small,
      model: 'dense',
      // Enough that the training is not over before the second kill.
      epochs: 40,
      workers: 2,
      backend: 'wasm',
      store: 'indexeddb',
    }))
      await browser.evaluate(
        `eval(${JSON.stringify(`void (document.querySelector('[name=${name}]').value = '${value}')`)})`,
      );
    await press(browser, 'train');
    const expected = await says(browser, 'weights', /^[0-9a-f]{64}$/);

    await press(browser, 'train');
    for (const place of [/Last saved: epoch ([2-9]|\d\d), after/, /Last saved: epoch ([5-9]|\d\d), after/]) {
      await says(browser, 'backup', place);
      expect(await textOf(browser, 'error')).toBe('');
      await browser.kill();
      browser = await open(kind, profile);
    }
    await says(browser, 'status', /SHA-256/);
    expect(await says(browser, 'weights', /./)).toBe(expected);
    expect(await textOf(browser, 'error')).toBe('');
  },
);

async function open(kind: BrowserKind, profile: string): Promise<DrivenBrowser> {
  const browser = await kind.start(profile);
  await browser.goto(`${inject('pageUrl')}?software`);
  return browser;
}

const press = (browser: DrivenBrowser, id: string) =>
  browser.evaluate(`document.getElementById('${id}').click()`);

const textOf = async (browser: DrivenBrowser, id: string) =>
  String(await browser.evaluate(`document.getElementById('${id}')?.textContent ?? ''`));

/** Waits for a text of the page, and resolves to it. Rejects if the page shows the same for a minute. */
async function says(browser: DrivenBrowser, id: string, expected: RegExp): Promise<string> {
  let shown: string[] = [];
  for (let reads = 0; reads < 1200; reads++) {
    const now = [await textOf(browser, id), await textOf(browser, 'status'), await textOf(browser, 'error')];
    if (expected.test(now[0] ?? '')) return now[0] ?? '';
    if (now.join() !== shown.join()) reads = 0;
    shown = now;
    await setTimeout(50);
  }
  throw new Error(`waited for ${expected} in ${id}; the page stays at ${shown.join(' | ')}`);
}
