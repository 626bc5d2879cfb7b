import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import {
  type BrowserKind,
  type DrivenBrowser,
  isInstalled,
} from '../../../../test/browser/driven-browser.js';
import { triesAll } from '../../../../test/setup/sample.js';
import { serveSources } from './serve-sources.js';

/** What may differ between browsers: the rest of the kit, which Chromium runs, is the same code. */
const OF_BROWSERS = '^(supports|bytes|replace|fencing|locks|delete): ';

interface Outcome {
  readonly passed: number;
  readonly failures: readonly string[];
}

/** Registers the conformance kit as one test in this browser, if it is installed. */
export function testInBrowser(kind: BrowserKind, store: 'indexeddb' | 'opfs'): void {
  const page = openPage(kind, store);

  test.runIf(page.isInstalled)(
    `passes the conformance kit in ${kind.name}`,
    async () => {
      const browser = await page.open();
      // Poll because a script that waits for the whole kit would exceed Firefox' time limit.
      await browser.evaluate(`inPage.begin(${JSON.stringify(triesAll ? '' : OF_BROWSERS)})`);
      let running: unknown;
      onTestFailed(() =>
        console.error(`the last conformance test seen running in ${kind.name}: ${String(running)}`),
      );
      let outcome: Outcome | null = null;
      while (outcome === null) {
        await setTimeout(1000);
        // Whatever only waits for an answer of the browser must survive this.
        await browser.collectGarbage();
        running = await browser.evaluate('inPage.running');
        outcome = (await browser.evaluate('inPage.outcome')) as Outcome | null;
      }
      const { passed, failures } = outcome;
      expect(failures.join('\n')).toBe('');
      expect(passed).toBeGreaterThan(triesAll ? 60 : 30);
    },
    300_000,
  );
}

/** A page of the store, whose functions are in `inPage`, in a browser that ends with the tests. */
export function openPage(kind: BrowserKind, store: 'indexeddb' | 'opfs') {
  const installed = isInstalled(kind);
  const profile = mkdtempSync(join(tmpdir(), 'keepfit-profile-'));
  let server: Awaited<ReturnType<typeof serveSources>> | undefined;
  let browser: DrivenBrowser | undefined;

  beforeAll(async () => {
    if (!installed) return;
    server = await serveSources();
    browser = await kind.start(profile);
  }, 120_000);
  afterAll(async () => {
    await browser?.kill();
    await server?.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  async function open(): Promise<DrivenBrowser> {
    if (browser === undefined) throw new Error(`${kind.name} was not started`);
    await browser.goto(`${server?.origin}/page?store=${store}`);
    while ((await browser.evaluate('inPage === undefined')) === true) await setTimeout(20);
    return browser;
  }

  return { isInstalled: installed, open };
}
