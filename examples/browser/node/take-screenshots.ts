// Takes the pictures of the page that the documents show:
//   node --import tsx --conditions=keepfit:source examples/browser/node/take-screenshots.ts
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { build, preview } from 'vite';
import { startChromium } from '../../../test/browser/killable-chromium.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const images = fileURLToPath(new URL('../../../docs/images/', import.meta.url));
const configFile = join(root, 'vite.config.ts');

const temp = await mkdtemp(join(tmpdir(), 'keepfit-pictures-'));
const outDir = join(temp, 'page');
await build({ root, configFile, logLevel: 'error', build: { outDir } });
const server = await preview({
  root,
  configFile,
  build: { outDir },
  preview: { port: 0, host: '127.0.0.1' },
});
const address = server.httpServer.address();
const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
const browser = await startChromium(join(temp, 'profile'));
try {
  const page = await opened(1000);
  await status(page, /Ready/);
  await picture(page, 'page-ready');
  await page.getByLabel('Epochs').fill('8');
  await page.getByRole('button', { name: 'Train' }).click();
  await page
    .locator('#backup')
    .filter({ hasText: /epoch [34], after/ })
    .waitFor();
  await picture(page, 'page-training');
  const second = await opened(1000);
  await second
    .getByRole('alert')
    .filter({ hasText: /LOCKED/ })
    .waitFor();
  await picture(second, 'page-second-tab');
  await second.close();
  await page.reload();
  await status(page, /Training on wasm: epoch [4-9]/);
  await page.locator('#samples .right').first().waitFor();
  await picture(page, 'page-resumed');
  await page.getByRole('button', { name: 'Pause' }).click();
  await status(page, /Paused/);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 360, height: 900 });
  await picture(page, 'page-paused-narrow-dark');
  console.log(`The pictures are in ${images}`);
} finally {
  await browser.close();
  await server.close();
  await rm(temp, { recursive: true, force: true, maxRetries: 10 });
}

async function opened(width: number): Promise<Page> {
  const page = await browser.context.newPage();
  page.setDefaultTimeout(120_000);
  await page.setViewportSize({ width, height: 1180 });
  await page.goto(url);
  return page;
}

function status(page: Page, text: RegExp): Promise<void> {
  return page.getByRole('status').filter({ hasText: text }).waitFor();
}

async function picture(page: Page, name: string): Promise<void> {
  // A scrollbar would take its width from the right of the picture.
  await page.addStyleTag({ content: 'html { scrollbar-width: none }' });
  await page.screenshot({ path: join(images, `${name}.png`), fullPage: true });
}
