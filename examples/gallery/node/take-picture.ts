// Takes the picture of the page of transfer learning, which is closed once in each of its trainings:
//   node --import tsx --conditions=keepfit:source examples/gallery/node/take-picture.ts
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { startChromium } from '../../../test/browser/killable-chromium.js';
import { serveBuiltPage } from '../../../test/browser/serve-built-page.js';

const WIDTH = 720;
const picture = fileURLToPath(new URL('../../../docs/images/gallery-transfer.png', import.meta.url));

const served = await serveBuiltPage(fileURLToPath(new URL('..', import.meta.url)));
const profile = await mkdtemp(join(tmpdir(), 'keepfit-picture-'));
const browser = await startChromium(profile);
const begin = performance.now();
try {
  for (const status of [/0 to 4: step 2\d\d of/, /5 to 9, .*: step [23]\d of/]) {
    const page = await open();
    await waitFor(page, status);
    await page.close();
  }
  const page = await open();
  await waitFor(page, /Done/);
  const seconds = (performance.now() - begin) / 1000;
  await page.locator('#digest').filter({ hasText: /SHA/ }).waitFor();
  // The two charts with their titles.
  const [top, bottom] = [await boxOf(page, 'base-title'), await boxOf(page, 'head-chart')];
  const clip = { x: 0, y: top.y - 12, width: WIDTH, height: bottom.y + bottom.height - top.y + 24 };
  await page.screenshot({ path: picture, fullPage: true, clip });
  console.log(`${seconds.toFixed(0)} s with the two closed pages`);
  for (const id of ['base-title', 'head-title', 'digest'])
    console.log(await page.locator(`#${id}`).innerText());
} finally {
  await browser.close();
  await served.close();
  await rm(profile, { recursive: true, force: true, maxRetries: 10 });
}

async function open(): Promise<Page> {
  const page = await browser.context.newPage();
  page.setDefaultTimeout(600_000);
  await page.setViewportSize({ width: WIDTH, height: 900 });
  await page.goto(served.url);
  return page;
}

async function boxOf(page: Page, id: string) {
  const box = await page.locator(`#${id}`).boundingBox();
  if (box === null) throw new Error(`${id} cannot be seen`);
  return box;
}

function waitFor(page: Page, status: RegExp): Promise<void> {
  return page.getByRole('status').filter({ hasText: status }).waitFor();
}
