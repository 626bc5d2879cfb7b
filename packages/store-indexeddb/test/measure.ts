// Prints the cost of a put and a get of 64 MiB in Chromium, and how long they block the page: medians of
// interleaved rounds.
// node --import tsx --conditions=keepfit:source packages/store-indexeddb/test/measure.ts
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChromium } from '../../../test/browser/killable-chromium.js';
import { serveSources } from './helpers/serve-sources.js';

const ROUNDS = 9;
const BYTES = 64 * 2 ** 20;
type Figures = Record<'put' | 'putBlock' | 'get' | 'getBlock', number>;

const server = await serveSources();
const profile = mkdtempSync(join(tmpdir(), 'keepfit-profile-'));
const { context, kill } = await startChromium(profile);
const stores = ['indexeddb', 'opfs'] as const;
const pages = new Map(
  await Promise.all(
    stores.map(async (store) => {
      const page = await context.newPage();
      await page.goto(`${server.origin}/page?store=${store}`);
      await page.waitForFunction('globalThis.inPage !== undefined');
      return [store, page] as const;
    }),
  ),
);
const figures = new Map<string, Figures[]>(stores.map((store) => [store, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [store, page] of pages) {
    await page.bringToFront();
    figures.get(store)?.push((await page.evaluate(`inPage.measure(${BYTES})`)) as Figures);
  }
}
const median = (values: number[]): string =>
  `${Math.round(values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0)} (${Math.round(values.at(-1) ?? 0)})`;
for (const [store, rounds] of figures) {
  const [put, putBlock, get, getBlock] = (['put', 'putBlock', 'get', 'getBlock'] as const).map((name) =>
    median(rounds.map((one) => one[name])),
  );
  console.log(
    `${store}: put ${put} ms, longest block ${putBlock} ms; get ${get} ms, longest block ${getBlock} ms: median (worst of ${ROUNDS})`,
  );
}
await kill();
await server.close();
rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
