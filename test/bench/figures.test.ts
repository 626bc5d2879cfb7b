import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { addGoal, type Bar, barTables } from '../../bench/src/bars.js';
import type { Row } from '../../bench/src/bench.js';
import { benches } from '../../bench/src/benches.js';
import { drawBars, drawSummary, getOutcome } from '../../bench/src/figures/draw-bars.js';
import { drawPage } from '../../bench/src/figures/draw-figures.js';
import { fillCell, fillPlaces, pages } from '../../bench/src/figures/fill-pages.js';
import { readResults, type Results, updateResults } from '../../bench/src/figures/results.js';
import { formatRow } from '../../bench/src/format-row.js';
import { judgeRow } from '../../bench/src/judge-row.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const measured = readResults(join(root, 'bench/results/all.json'));
const bars = barTables.flatMap((table) => table.bars);

const createRow = (name: string, value: number, fields: Partial<Row> = {}): Row => ({
  name,
  unit: '×',
  value,
  spread: [value, value],
  runs: 9,
  facts: {},
  ...fields,
});

const createResults = (...rows: Row[]): Results => ({
  machine: {},
  when: '2026-01-02T03:04:05.678Z',
  seconds: 60,
  results: { bench: rows },
});

const createTable = (...list: (Partial<Bar> & { name: string })[]) => ({
  place: 'place',
  title: 'Two words',
  bars: list.map((bar): Bar => ({ bench: 'bench', unit: '×', ...bar })),
});

test.each(Object.keys(pages))(
  'the figures of %s are those of bench/results/all.json (npm run bench -- --draw draws them)',
  async (name) => {
    const page = readFileSync(join(root, name), 'utf8');
    expect(page).toBe(await drawPage(root, name, page, measured));
  },
);

test('the figures of single benches replace those of the whole run, and the pages with them say so', async () => {
  const [again] = measured.results['every-epoch'] ?? [];
  const part: Results = {
    ...measured,
    machine: { ...measured.machine, commit: 'abcdef12', 'load at the start': '0.1 0.2 0.3' },
    when: '2027-01-02T03:04:05.678Z',
    results: { 'every-epoch': [{ ...(again as Row), value: 77.7, spread: [66.6, 88.8] }] },
  };
  const all = updateResults(measured, part);
  const draw = (name: string): Promise<string> =>
    drawPage(root, name, readFileSync(join(root, name), 'utf8'), all);
  const page = await draw('docs/performance.md');
  expect(page).toContain('77.7 % (66.6–88.8)');
  const [machine = ''] = page.replaceAll(/\s+/g, ' ').split('<!-- /figures machine');
  const [, updates] = machine.split('Measured again since: ');
  expect(updates).toContain('`every-epoch` on 2027-01-02 at commit abcdef12, load 0.1 0.2 0.3');
  expect(await draw('docs/parallel.md')).not.toContain('abcdef12');
});

test('an edited figure is replaced', async () => {
  const page = readFileSync(join(root, 'docs/performance.md'), 'utf8');
  const edited = page.replace(/ met +\|$/m, ' fine |');
  expect(edited).not.toBe(page);
  expect(await drawPage(root, 'docs/performance.md', edited, measured)).toBe(page);
});

test('each missed row names a paragraph of its page that gives the reason', () => {
  const unexplained = barTables.flatMap(({ page = 'docs/performance.md', bars: listed }) => {
    const text = readFileSync(join(root, page), 'utf8');
    const isExplained = ({ reason }: Bar): boolean =>
      reason !== undefined && text.includes(`\n- **${reason}.** `);
    const missed = listed.filter((bar) => getOutcome(bar, measured) === 'MISSED');
    const named = listed.filter(({ reason }) => reason !== undefined);
    return [...missed, ...named].filter((bar) => !isExplained(bar));
  });
  expect(unexplained).toEqual([]);
});

test('each row is listed once, for a bench that exists', () => {
  const names = bars.map(({ bench, name }) => `${bench}: ${name}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(bars.filter(({ bench }) => !(bench in benches))).toEqual([]);
});

test.each([
  [{ limit: 2 }, 1.5, [1.4, 2], 'met'],
  [{ limit: 2 }, 2, [1.4, 2.1], 'inconclusive'],
  [{ limit: 2 }, 2.1, [1.4, 2.4], 'MISSED'],
  [{ least: 90 }, 95, [90, 99], 'met'],
  [{ least: 90 }, 95, [89, 99], 'inconclusive'],
  [{ least: 90 }, 89, [80, 99], 'MISSED'],
  [{ limit: 2 }, NaN, [NaN, NaN], 'MISSED'],
  [{}, 5, [4, 6], undefined],
] as const)(
  'with the goal %j, the median %d and the quartiles %j, a row is %s',
  (goal, value, spread, is) => {
    expect(judgeRow({ ...goal, value, spread })).toBe(is);
  },
);

test('a bench gets the goals of its rows, which it prints', () => {
  const [bar] = bars;
  const row = addGoal(bar!.bench, createRow(bar!.name, 0.3));
  expect(row.limit).toBe(0.25);
  expect(formatRow(row)).toContain('at most 0.25 ×: MISSED');
  expect(addGoal('loop', createRow('another', 1))).not.toHaveProperty('limit');
});

test('a table shows the goal, the median, the quartiles, both times and the outcome', () => {
  const table = createTable(
    { name: 'a ÷ b', limit: 0.5 },
    { name: 'c', unit: 'ms', limit: 2, reason: 'Noise' },
  );
  const facts = { 'a, ms': 1234.5, 'b, ms': 5000 };
  const results = createResults(
    createRow('a ÷ b', 0.25, { limit: 0.5, spread: [0.2, 0.3], facts }),
    createRow('c', 2.5, { limit: 2, unit: 'ms', spread: [-0.5, 3] }),
  );
  expect(drawBars(table, results).split('\n').slice(2)).toEqual([
    '| a ÷ b | ≤ 0.5 | 0.25 (0.20–0.30): 1,235 against 5,000 ms | met |',
    '| c | ≤ 2 ms | 2.50 ms (−0.50 to 3.00) | **MISSED**: Noise |',
  ]);
});

test('a row that is absent, has no number or had another goal is not measured', () => {
  const table = createTable(
    ...[
      { name: 'absent', limit: 1 },
      { name: 'empty', limit: 1 },
      { name: 'moved', limit: 1 },
    ],
    { name: 'without a goal' },
  );
  const results = createResults(
    createRow('empty', null as unknown as number, { limit: 1 }),
    createRow('moved', 0.5, { limit: 2 }),
  );
  expect(drawBars(table, results).match(/\| not measured \| {2}\|/g)).toHaveLength(4);
  expect(drawSummary([table], results)).toContain('| all | 0 | 0 | 0 | 3 |');
});

test('a page without the place of its figures is refused', () => {
  expect(() => fillPlaces('', { a: 'text' })).toThrow('the page has no place for the figures "a"');
  expect(() => fillCell('| a | b |', '| c ', 2, 'text')).toThrow('no table row "| c " with column 2');
  expect(() => fillCell('| a | b |', '| a ', 3, 'text')).toThrow('with column 3');
});
