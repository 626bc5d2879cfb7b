import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { useBrowser } from '../examples/browser/test/helpers/in-browser.js';

const SITE = 'http://docs.test/keepfit/';
const script = readFileSync(new URL('../scripts/docs/site.js', import.meta.url), 'utf8');
const html = (base: string) =>
  `<html data-base="${base}"><span class="version">1</span><h2 id="below">Below</h2><script>${script}</script></html>`;

/** A published site of two versions. The older one lacks a page. */
const files: Readonly<Record<string, string>> = {
  'versions.json': JSON.stringify([
    { folder: 'next', title: 'next' },
    { folder: 'v0.9.0', title: '0.9.0' },
  ]),
  'next/index.html': html('./'),
  'next/documents/old.html': html('../'),
  'next/documents/new.html': html('../'),
  'v0.9.0/index.html': html('./'),
  'v0.9.0/documents/old.html': html('../'),
};

test.each([
  ['next/index.html', 'v0.9.0/index.html'],
  ['next/documents/old.html#below', 'v0.9.0/documents/old.html#below'],
  ['next/documents/new.html', 'v0.9.0/index.html'],
])('the choice of another version leads from %s to %s', async (from, to) => {
  const own = await useBrowser();
  onTestFinished(() => own.close());
  const page = await own.browser.context.newPage();
  await page.route(`${SITE}**`, async (route) => {
    const path = new URL(route.request().url()).pathname.slice(new URL(SITE).pathname.length);
    const body = files[path];
    const contentType = path.endsWith('.json') ? 'application/json' : 'text/html';
    await route.fulfill(body === undefined ? { status: 404 } : { body, contentType });
  });
  await page.goto(SITE + from);
  const choice = page.getByLabel('Version of the documentation');
  expect(await choice.inputValue()).toBe('next');
  await choice.selectOption('0.9.0');
  await page.waitForURL(SITE + to);
});
