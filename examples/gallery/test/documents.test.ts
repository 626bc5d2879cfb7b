import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');
const withoutIndentation = (code: string) => code.replaceAll(/^ +/gm, '');
const page = read('docs/gallery.md');

test('every block of TypeScript in docs/gallery.md stands in the source of an example', () => {
  const source = 'examples/gallery/src';
  const files = readdirSync(`${root}${source}`, { recursive: true, encoding: 'utf8' });
  const sources = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => withoutIndentation(read(`${source}/${file}`)));
  const blocks = [...page.matchAll(/^```typescript\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? '');
  expect(blocks).toHaveLength(5);
  const isInSource = (block: string) => sources.some((text) => text.includes(withoutIndentation(block)));
  expect(blocks.filter((block) => !isInSource(block))).toEqual([]);
});

test('docs/gallery.md shows the command and the picture of each example', () => {
  const { scripts } = JSON.parse(read('package.json')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  for (const name of ['penguins', 'fashion', 'series', 'gpt', 'transfer']) {
    expect(page).toContain(`\nnpm run example:${name}\n`);
    expect(scripts).toHaveProperty([`example:${name}`]);
    const [, picture = ''] = page.match(new RegExp(`\\((images/gallery-${name}\\.\\w+)\\)`)) ?? [];
    expect(readFileSync(`${root}docs/${picture}`).length).toBeLessThan(60_000);
  }
});
