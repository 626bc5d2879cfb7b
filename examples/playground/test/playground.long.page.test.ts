import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type OwnBrowser, useBrowser } from '../../browser/test/helpers/in-browser.js';
import { serveBuiltPage, type ServedPage } from '../../../test/browser/serve-built-page.js';

let served: ServedPage;
let own: OwnBrowser;

beforeAll(async () => {
  served = await serveBuiltPage(fileURLToPath(new URL('../', import.meta.url)));
});
afterAll(() => served.close());
beforeEach(async () => {
  own = await useBrowser();
});
afterEach(() => own.close());

async function open(): Promise<Page> {
  const page = await own.browser.context.newPage();
  await page.goto(served.url);
  return page;
}

const says = (page: Page, text: RegExp) =>
  expect.poll(() => page.locator('#status').innerText()).toMatch(text);
const press = (page: Page, name: string) => page.getByRole('button', { name }).click();

/** The lines of the page, with this change: they are what a visitor edits. */
async function edit(page: Page, change: (program: string) => string): Promise<void> {
  const code = page.getByLabel('The program');
  await code.fill(change(await code.inputValue()));
}

/** Equal results need seeds: see the notes of the page. */
const withSeeds = (program: string) =>
  program
    .replace('fit, useBackend', 'fit, seeded, useBackend')
    .replace(
      /const hidden = (.*);\nconst model = (.*);/,
      'const model = seeded(7, () => { const hidden = $1; return $2; });',
    )
    .replace('epochs: 100', 'epochs: 40, seed: 7');

/** Waits for the end, and returns the SHA-256 of the weights and the last line of the output. */
async function result(page: Page): Promise<[string | undefined, string | undefined]> {
  await says(page, /^Done/);
  const status = await page.locator('#status').innerText();
  const output = await page.locator('#output').innerText();
  return [/[0-9a-f]{64}/.exec(status)?.[0], output.trim().split('\n').at(-1)];
}

test('a page closed in mid-training continues when it is opened again, to the result of one never closed', async () => {
  const whole = await open();
  await edit(whole, withSeeds);
  await press(whole, 'Run');
  const expected = await result(whole);
  expect(expected).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^0\.\d+$|^1$/)]);
  expect(await whole.locator('#output').innerText()).not.toContain('Resumed');

  await press(whole, 'Run');
  await expect.poll(() => whole.locator('#output').innerText()).toMatch(/Epoch 5\/40/);
  await whole.close();
  const again = await open();
  await says(again, /^Resumed at epoch \d+ of 40/);
  expect(await again.getByLabel('The program').inputValue()).toContain('seeded(7');
  await again.setViewportSize({ width: 390, height: 844 });
  await expect
    .poll(() => again.evaluate(() => document.body.scrollWidth - innerWidth))
    .toBeLessThanOrEqual(0);
  expect(await result(again)).toEqual(expected);
});

test('a killed program, and a killed browser, continue too', async () => {
  const page = await open();
  await edit(page, withSeeds);
  await press(page, 'Run');
  await expect.poll(() => page.locator('#output').innerText()).toMatch(/Epoch 3\/40/);
  await press(page, 'Kill');
  await says(page, /^Killed after batch \d+/);
  await press(page, 'Run');
  await says(page, /^Resumed at epoch/);
  await own.killAndRestart();
  const again = await open();
  // A killed browser may forget the last seconds of a page's memory, but not the backup.
  if ((await again.locator('#status').innerText()).startsWith('Ready')) {
    await edit(again, withSeeds);
    await press(again, 'Run');
  }
  await says(again, /^Resumed at epoch/);
});

test('errors are shown with their lines', async () => {
  const page = await open();
  for (const [program, message] of [
    ['const a = 1;\nconst b = = 2;', /^Line 2, column 11: Unexpected token/],
    ["const a = 1;\nthrow new Error('oh');", /^Line 2: Error: oh/],
    ["import 'keepfit/cli';", /keepfit\/cli/],
    ["import { fit } from 'keepfit';\nawait fit({}, 1, 2, { epochs: -1 });", /KEEPFIT_/],
  ] as const) {
    await edit(page, () => program);
    await press(page, 'Run');
    await expect.poll(() => page.locator('#error').innerText()).toMatch(message);
    expect(await page.getByRole('button', { name: 'Run' }).isEnabled()).toBe(true);
  }
});

test('a changed model is refused until the backup is forgotten', async () => {
  const page = await open();
  await press(page, 'Run');
  await expect.poll(() => page.locator('#output').innerText()).toMatch(/Epoch 3\/100/);
  await press(page, 'Kill');
  await edit(page, (program) => program.replace('units: 16', 'units: 17'));
  await press(page, 'Run');
  await expect.poll(() => page.locator('#error').innerText()).toMatch(/KEEPFIT_CHECKPOINT_MISMATCH/);
  await press(page, 'Forget the backup');
  await says(page, /^There is no backup/);
  await press(page, 'Run');
  await expect.poll(() => page.locator('#output').innerText()).toMatch(/Epoch 2\/100/);
  expect(await page.locator('#output').innerText()).not.toContain('Resumed');
});
