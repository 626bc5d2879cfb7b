import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { triesAll } from '../../../../test/setup/sample.js';
import { firefoxPath, type FirefoxProcess, startFirefox } from './firefox-process.js';
import { serveSources } from './serve-sources.js';

/** What may differ between browsers: the rest of the kit, which Chromium runs, is the same code. */
const OF_BROWSERS = '^(supports|bytes|replace|fencing|locks|delete): ';

/** Registers the conformance kit as one test in Firefox, if Firefox is installed. */
export function testInFirefox(kind: 'indexeddb' | 'opfs'): void {
  const profile = mkdtempSync(join(tmpdir(), 'keepfit-firefox-'));
  let server: Awaited<ReturnType<typeof serveSources>> | undefined;
  let firefox: FirefoxProcess | undefined;

  beforeAll(async () => {
    if (firefoxPath === undefined) return;
    server = await serveSources();
    firefox = await startFirefox(profile);
  }, 120_000);
  afterAll(async () => {
    await firefox?.kill();
    await server?.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  test.skipIf(firefoxPath === undefined)(
    'passes the conformance kit in Firefox',
    async () => {
      await firefox?.goto(`${server?.origin}/page?store=${kind}`);
      while ((await firefox?.evaluate('inPage === undefined')) === true) await setTimeout(20);
      // Poll because a script that waits for the whole kit would exceed Firefox' time limit.
      await firefox?.evaluate(`inPage.begin(${JSON.stringify(triesAll ? '' : OF_BROWSERS)})`);
      let running: unknown;
      onTestFailed(() =>
        console.error(`the last conformance test seen running in Firefox: ${String(running)}`),
      );
      let outcome: { passed: number; failures: string[] } | null = null;
      while (outcome === null) {
        await setTimeout(1000);
        // Whatever only waits for an answer of the browser must survive this.
        await firefox?.collectGarbage();
        running = await firefox?.evaluate('inPage.running');
        outcome = (await firefox?.evaluate('inPage.outcome')) as typeof outcome;
      }
      const { passed, failures } = outcome;
      expect(failures).toEqual([]);
      expect(passed).toBeGreaterThan(triesAll ? 60 : 30);
    },
    300_000,
  );
}
