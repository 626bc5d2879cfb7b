import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KillableChromium, startChromium } from '../../../../test/browser/killable-chromium.js';

/** A browser with a fresh profile for one test. It can be killed and restarted on the same profile. */
export interface OwnBrowser {
  readonly browser: KillableChromium;
  readonly profile: string;
  killAndRestart(): Promise<void>;
  close(): Promise<void>;
}

export async function useBrowser(): Promise<OwnBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'keepfit-profile-'));
  let browser = await startChromium(profile);
  return {
    profile,
    get browser() {
      return browser;
    },
    async killAndRestart() {
      await browser.kill();
      browser = await startChromium(profile);
    },
    async close() {
      await browser.close();
      // The browser's helpers may still be writing.
      await rm(profile, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
