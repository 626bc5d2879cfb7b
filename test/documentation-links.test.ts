import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

interface BrokenLink {
  readonly page: string;
  readonly href: string;
  readonly reason: string;
}

const from = async (file: string) =>
  (await import(new URL(`../scripts/docs/${file}`, import.meta.url).href)) as Record<string, unknown>;
const findBrokenLinks = (await from('broken-links.mjs'))['findBrokenLinks'] as (site: string) => BrokenLink[];
const settleLinks = (await from('settle-links.mjs'))['settleLinks'] as (
  site: string,
  packages: { folder: string; name: string }[],
) => void;

let site: string;
beforeEach(() => void (site = mkdtempSync(join(tmpdir(), 'keepfit-site-'))));
afterEach(() => rmSync(site, { recursive: true, force: true }));

function write(files: Record<string, string>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(site, file)), { recursive: true });
    writeFileSync(join(site, file), text);
  }
}

const link = (href: string) => `<p><a href="${href}">there</a></p>`;

test('links to files and places of the site, and to the web, are whole', () => {
  write({
    'index.html': `<h2 id="a&amp;b">x</h2>${['#a&amp;b', 'docs/one.html?q=1#two', 'https://keras.io'].map(link).join('')}`,
    'docs/one.html': `<h2 id="two">x</h2>${link('../index.html')}<script src="../a.js"></script>`,
    'a.js': '',
  });
  expect(findBrokenLinks(site)).toEqual([]);
});

test.each([
  ['gone.html', 'there is no such file'],
  ['index.html#gone', 'its page has no such place'],
  ['/index.html', 'it begins at the root of a server, which a folder has not'],
  ['../', 'there is no such file'],
  ['file:///index.html', 'it names another place than the web'],
])('the link %s is broken: %s', (href, reason) => {
  write({ 'index.html': link(href) });
  expect(findBrokenLinks(site)).toEqual([{ page: 'index.html', href, reason }]);
});

test('a script or an image that is missing is found', () => {
  write({ 'index.html': '<script defer src="a.js"></script><img alt="" src="b.png"/>' });
  expect(findBrokenLinks(site).map(({ href }) => href)).toEqual(['a.js', 'b.png']);
});

test('links to the README, to packages, folders and sources of the repository are settled', () => {
  write({
    'index.html': 'start',
    'modules/_keepfit_fit.html': 'fit',
    'media/loop.ts': 'source',
    'docs/one.html': ['../', '../#use', '../media/fit', '../media/data', '../media/loop.ts']
      .map(link)
      .join(''),
  });
  settleLinks(site, [{ folder: 'fit', name: '@keepfit/fit' }]);
  const targets = [
    '../index.html',
    '../index.html#use',
    '../modules/_keepfit_fit.html',
    undefined,
    '../media/loop.ts.txt',
  ];
  expect(readFileSync(join(site, 'docs/one.html'), 'utf8')).toBe(
    targets.map((href) => (href ? link(href) : '<p>there</p>')).join(''),
  );
});
