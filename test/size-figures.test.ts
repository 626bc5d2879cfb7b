import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const limits = JSON.parse(readFileSync(join(root, '.size-limit.json'), 'utf8')) as readonly {
  readonly name: string;
  readonly limit: string;
}[];
const page = readFileSync(join(root, 'docs/performance.md'), 'utf8');

test.each([
  [
    'callbacks (list, History, BackupAndRestore, format)',
    ['callbacks: list, History, BackupAndRestore, format'],
  ],
  ['a store', ['store-memory', 'store-indexeddb', 'store-opfs']],
  ['`fsStore`', ['store-fs: fsStore']],
  ['fit', ['fit', 'fit/core']],
])('docs/performance.md gives the limits of .size-limit.json as the size of %s', (subject, names) => {
  const row = page.split('\n').find((line) => line.startsWith(`| size: ${subject} `)) ?? '';
  const [, , , measured = ''] = row.split('|');
  const figures = [...measured.matchAll(/([\d.]+) kB/g)].map(([, figure]) => Number(figure));
  expect(figures).toEqual(names.map(findLimit));
});

/** Returns the limit in kB. */
function findLimit(name: string): number {
  const limit = limits.find((entry) => entry.name === name)?.limit ?? '';
  const [number = '', unit] = limit.split(' ');
  return unit === 'B' ? Number(number) / 1000 : Number(number);
}
