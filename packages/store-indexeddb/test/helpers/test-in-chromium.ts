import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromiumPath } from '../../../../test/browser/chromium.js';
import { type KillableChromium, startChromium } from '../../../../test/browser/killable-chromium.js';
import { sample } from '../../../../test/setup/sample.js';
import { serveSources } from './serve-sources.js';

const MIB = 2 ** 20;
const SIZE = 8 * MIB;
/** The chunk after the eight whole ones, which exists if the number of the checkpoint is more than 0. */
const LAST = 8;

type StoreKind = 'indexeddb' | 'opfs';

/** Registers the tests of a store that need a whole browser: one that has no more room, or two tabs. */
export function testInChromium(kind: StoreKind): void {
  const { open, start, newProfile, server } = browsers(kind);

  test.skipIf(chromiumPath === undefined)(
    'where the browser gives no more room it says so, keeps the old and leaves nothing of the new',
    async () => {
      const { context } = await start(newProfile());
      const page = await open(context);
      const session = await context.newCDPSession(page);
      // Before the first write: Chromium remembers for a while how much room IndexedDB has.
      await session.send('Storage.overrideQuotaForOrigin', { origin: server().origin, quotaSize: 16 * MIB });
      expect(await page.evaluate(`inPage.set(1, ${2 * MIB})`)).toBe('');
      const parts = await page.evaluate('inPage.parts()');
      const message = await page.evaluate(`inPage.set(2, ${64 * MIB})`);
      expect(message).toMatch(
        /^KEEPFIT_STORE_FULL: could not store the 67108866 bytes of "backup" in the .*used up its storage quota/,
      );
      expect(await page.evaluate(`inPage.number(${2 * MIB})`)).toBe(1);
      expect(await page.evaluate('inPage.parts()')).toBe(parts);
      await session.send('Storage.overrideQuotaForOrigin', { origin: server().origin });
      expect(await page.evaluate(`inPage.set(3, ${2 * MIB})`)).toBe('');
      expect(await page.evaluate(`inPage.number(${2 * MIB})`)).toBe(3);
    },
  );

  test.skipIf(chromiumPath === undefined)(
    'a second tab is told that the backup is in use, until the first is closed',
    async () => {
      const { context } = await start(newProfile());
      const [first, second] = [await open(context), await open(context)];
      expect(await first.evaluate('inPage.lock()')).toBe('');
      expect(await second.evaluate('inPage.lock()')).toMatch(
        /^KEEPFIT_STORE_LOCKED: "backup" of the .* is in use by a training in this or another tab/,
      );
      await first.close();
      // The browser frees the locks of a closed page with some delay.
      await expect.poll(() => second.evaluate('inPage.lock()'), { timeout: 20_000 }).toBe('');
    },
  );
}

/** Registers the test in which the browser is killed, for `npm run test:long`. */
export function testKillsInChromium(kind: StoreKind): void {
  const { open, start, newProfile } = browsers(kind);

  test.skipIf(chromiumPath === undefined)(
    'after SIGKILL the checkpoint is whole, and no older than the last acknowledged one',
    async () => {
      const profile = newProfile();
      let number = -1;
      let { context, kill } = await start(profile);
      // The chunk of the set after `sets` acknowledged ones that is asked for when the browser is killed.
      const kills = [
        [1, LAST],
        [0, 3],
        [2, 5],
        [1, LAST],
      ] as const;
      for (const [sets, chunk] of sample(kills, 3)) {
        const page = await open(context);
        expect(await page.evaluate('inPage.lock()')).toBe('');
        const last = Math.max(number, await setUntil(page, number + 1, sets, chunk));
        await kill();

        ({ context, kill } = await start(profile));
        number = (await (await open(context)).evaluate(`inPage.number(${SIZE})`)) as number;
        expect([last, chunk === LAST ? last + 1 : last]).toContain(number);
      }
      const page = await open(context);
      expect(await page.evaluate('inPage.lock()')).toBe('');
      expect(await page.evaluate('inPage.parts()')).toBe(
        kind === 'opfs' ? 1 : Math.ceil((SIZE + number) / (2 * MIB)),
      );
    },
    300_000,
  );
}

/** Opens pages of the store in browsers that end with the tests. */
function browsers(kind: StoreKind) {
  let server: Awaited<ReturnType<typeof serveSources>>;
  const profiles: string[] = [];
  const processes: KillableChromium[] = [];

  beforeAll(async () => {
    server = await serveSources();
  });
  afterAll(async () => {
    for (const { kill } of processes) await kill().catch(() => undefined);
    for (const profile of profiles) rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    await server?.close();
  });

  function newProfile(): string {
    const profile = mkdtempSync(join(tmpdir(), 'keepfit-profile-'));
    profiles.push(profile);
    return profile;
  }

  async function start(profile: string): Promise<KillableChromium> {
    const started = await startChromium(profile);
    processes.push(started);
    return started;
  }

  async function open(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${server.origin}/page?store=${kind}`);
    // Not by frames, which a page in the background does not draw.
    await page.waitForFunction('globalThis.inPage !== undefined', undefined, { polling: 20 });
    return page;
  }

  return { open, start, newProfile, server: () => server };
}

/**
 * Lets the page store checkpoints until `sets` are acknowledged and this chunk of the next is asked for;
 * gives the last acknowledged one.
 */
async function setUntil(page: Page, first: number, sets: number, chunk: number): Promise<number> {
  let acknowledged = -1;
  await new Promise<void>((resolve, reject) => {
    const begin = async (): Promise<void> => {
      await page.exposeFunction('acknowledged', (number: number) => {
        acknowledged = number;
      });
      // Release the last chunk, so that the kill arrives while everything is put in place; at any other chunk
      // the set waits.
      await page.exposeFunction('reached', (number: number, at: number) => {
        if (number !== first + sets || at !== chunk) return undefined;
        resolve();
        return chunk === LAST ? undefined : new Promise(() => undefined);
      });
      void page.evaluate(`inPage.setForEver(${first}, ${SIZE})`).catch(reject);
    };
    begin().catch(reject);
  });
  return acknowledged;
}
