import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { standardProgram, findSyntaxError, toPageProgram } from '../examples/playground/src/page/program.js';
import { chromiumPath } from './browser/chromium.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const from = async (file: string) =>
  (await import(new URL(`../scripts/docs/${file}`, import.meta.url).href)) as Record<string, unknown>;

interface Part {
  kind: string;
  text: string;
}

/** A folder with these files, for as long as the function runs. */
async function withSite<T>(files: Record<string, string>, run: (site: string) => T): Promise<Awaited<T>> {
  const site = mkdtempSync(join(tmpdir(), 'keepfit-site-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(site, file, '..'), { recursive: true });
      writeFileSync(join(site, file), text);
    }
    return await run(site);
  } finally {
    rmSync(site, { recursive: true, force: true });
  }
}

test('each page belongs to the group of the pages before it', async () => {
  const getGroup = (await from('options.mjs'))['getGroup'] as (page: string) => string;
  expect(
    ['README', 'python', 'training-loop', 'callbacks', 'browser', 'rounds', 'errors', 'CONTRIBUTING'].map(
      getGroup,
    ),
  ).toEqual([
    'Start',
    'Start',
    'Train',
    'Train',
    'Resume anywhere',
    'Train faster',
    'Extend and look up',
    'Extend and look up',
  ]);
});

test('the front page gets the picture, the install line and the program of the README', async () => {
  const fill = (await from('fill-pages.mjs'))['fillFrontPage'] as (project: object, root: string) => void;
  const page = {
    readme: [{ kind: 'text', text: readFileSync(join(root, 'scripts/docs/front-page.md'), 'utf8') }],
  };
  fill(page, root);
  const [{ text } = { text: '' }] = page.readme;
  expect(text).toContain('<svg class="killed-curve"');
  expect(text).toContain('```sh\nnpm install keepfit');
  expect(text).toContain("```ts\nimport * as tf from '@tensorflow/tfjs';");
  expect(text).not.toContain('<!--');
});

test('the page of a package begins without a second heading, and names its doors', async () => {
  const fill = (await from('fill-pages.mjs'))['fillPackagePages'] as (
    project: object,
    packages: object[],
  ) => void;
  const readme: Part[] = [{ kind: 'text', text: '# a\n\nKeeps things.\n' }];
  fill({ children: [{ name: 'a', readme }] }, [
    { name: 'a', exports: { '.': {}, './store': {}, './package.json': {} } },
  ]);
  const text = readme.map((part) => part.text).join('');
  expect(text).toMatch(/^Keeps things/);
  expect(text).toContain('- `a`: the API below\n- `a/store`\n');
  expect(text).not.toContain('package.json');
});

test('tables scroll in a box, links to the site are relative, and the title has its version', async () => {
  const finishPages = (await from('finish-pages.mjs'))['finishPages'] as (
    site: string,
    version: string,
  ) => void;
  const page =
    '<a href="index.html" class="title">keepfit</a><table><tr></tr></table><a href="site:play/a.html">x</a>';
  await withSite({ 'index.html': page, 'docs/one.html': page }, (site) => {
    finishPages(site, '1.2.3');
    expect(readFileSync(join(site, 'index.html'), 'utf8')).toBe(
      '<a href="index.html" class="title">keepfit</a><span class="version">1.2.3</span><div class="wide"><table><tr></tr></table></div><a href="./play/a.html">x</a>',
    );
    expect(readFileSync(join(site, 'docs/one.html'), 'utf8')).toContain('href="../play/a.html"');
  });
});

test('a drawing without colours for dark mode is marked', async () => {
  const finishPages = (await from('finish-pages.mjs'))['finishPages'] as (
    site: string,
    version: string,
  ) => void;
  const files = {
    'docs/one.html': '<img src="../media/a.svg" alt="a"><img src="../media/b.svg" alt="b">',
    'media/a.svg': '<svg/>',
    'media/b.svg': '<svg><style>@media (prefers-color-scheme: dark) {}</style></svg>',
  };
  await withSite(files, (site) => {
    finishPages(site, '1.2.3');
    expect(readFileSync(join(site, 'docs/one.html'), 'utf8')).toBe(
      '<img class="on-white" src="../media/a.svg" alt="a"><img src="../media/b.svg" alt="b">',
    );
  });
});

test.skipIf(chromiumPath === undefined)('a page that scrolls sideways on a phone is found', async () => {
  const findWidePages = (await from('wide-pages.mjs'))['findWidePages'] as (
    site: string,
  ) => Promise<{ page: string }[]>;
  const page = (width: number, style: string) =>
    `<!doctype html><html><head><meta name="viewport" content="width=device-width">${style}</head><body><div style="width:${width}px">x</div></body></html>`;
  const style = '<link rel="stylesheet" href="assets/style.css">';
  const files = {
    'assets/style.css': 'body { margin: 0 }',
    'index.html': page(300, style),
    'good.html': page(390, style),
    'wide.html': page(500, style),
    'other/wide.html': page(600, '<style>body { margin: 0 }</style>'),
  };
  const wide = (await withSite(files, findWidePages)).map(({ page: name }) => name);
  expect(wide).toEqual(['other/wide.html', 'wide.html']);
});

test('the playground begins with the program of the README, on a store for pages', () => {
  expect(standardProgram).toContain("import { indexedDBStore } from '@keepfit/store-indexeddb';");
  expect(findSyntaxError(standardProgram)).toBeUndefined();
  expect(() => toPageProgram('nothing')).toThrow('no fsStore to replace');
});
