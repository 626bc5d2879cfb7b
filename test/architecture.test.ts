import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

type Arrows = Readonly<Record<string, readonly string[]>>;
interface Charts {
  drawCharts(page: string, charts: Readonly<Record<string, string>>): string;
  findCharts(root: string): Readonly<Record<string, string>>;
  drawArrows(arrows: Arrows): string;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const load = (script: string): Promise<unknown> =>
  import(new URL(`../scripts/${script}`, import.meta.url).href);
const { rooms } = (await load('lint/rooms.mjs')) as { rooms: Readonly<Record<string, Arrows>> };
const { drawArrows, drawCharts, findCharts } = (await load('docs/draw-rooms.mjs')) as Charts;
const file = join(root, 'docs/architecture.md');
const page = readFileSync(file, 'utf8');

test('the charts of docs/architecture.md are those of the code (node scripts/docs/draw-rooms.mjs draws them)', () => {
  expect(page).toBe(drawCharts(page, findCharts(root)));
});

test('it names every package, and no other', () => {
  const section = sectionOf('## The packages');
  const named = [...section.matchAll(/\[`([\w-]+)`\]\(\.\.\/packages\/\1\)/g)].map(([, name]) => name);
  expect(named.sort()).toEqual(readdirSync(join(root, 'packages')).sort());
});

test('it has a section for each package with rooms, and no other', () => {
  const sections = [...page.matchAll(/^### `([\w-]+)`$/gm)].map(([, name]) => name);
  expect(sections.sort()).toEqual(Object.keys(rooms).sort());
});

test.each(Object.keys(rooms))('it describes each room of %s, and no other', (name) => {
  const described = [...sectionOf(`### \`${name}\``).matchAll(/^\| `([\w-]+)` +\|/gm)].map(
    ([, room]) => room,
  );
  expect(described.sort()).toEqual(Object.keys(rooms[name] ?? {}).sort());
});

test.each(Object.keys(rooms))('the rooms of %s are the folders and files of its src', (name) => {
  const entries = readdirSync(join(root, 'packages', name, 'src')).map((entry) => entry.replace(/\.ts$/, ''));
  expect(Object.keys(rooms[name] ?? {}).sort()).toEqual(entries.sort());
});

test('each of its links leads to a file', () => {
  const targets = [...page.matchAll(/\]\(([^)#:]+)[^):]*\)/g)].map(([, target]) => target ?? '');
  expect(targets.filter((target) => !existsSync(join(dirname(file), target)))).toEqual([]);
  expect(targets.length).toBeGreaterThan(10);
});

test('a chart leaves out the arrows that follow from others, and nothing else', () => {
  expect(drawArrows({ top: ['middle', 'bottom'], middle: ['bottom'], bottom: [], aside: [] })).toBe(
    ['flowchart TD', '  aside', '  top --> middle', '  middle --> bottom'].join('\n'),
  );
});

/** The text from a heading to the next one of its level or above. */
function sectionOf(heading: string): string {
  const from = page.indexOf(`${heading}\n`);
  expect(from, heading).toBeGreaterThanOrEqual(0);
  const [level = ''] = /^#+/.exec(heading) ?? [];
  const rest = page.slice(from + heading.length);
  const end = rest.search(new RegExp(`^#{2,${level.length}} `, 'm'));
  return end < 0 ? rest : rest.slice(0, end);
}
