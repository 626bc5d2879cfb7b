import { expect, test } from 'vitest';
import { compareRows, type Round } from '../../bench/src/against/compare-rows.js';
import { formatComparison, formatVerdicts } from '../../bench/src/against/format-comparison.js';
import type { Row } from '../../bench/src/bench.js';

const createRow = (value: number, fields: Partial<Row> = {}): Row => ({
  name: 'a row',
  unit: '×',
  value,
  spread: [value, value],
  runs: 9,
  facts: { 'of it, ms': value },
  ...fields,
});

const createRounds = (own: number[], other: number[], fields?: Partial<Row>): Round[] =>
  own.map((value, round) => ({
    own: [createRow(value, fields)],
    other: [createRow(other[round] ?? NaN, fields)],
  }));

const judge = (...args: Parameters<typeof createRounds>) => compareRows(createRounds(...args))[0]?.verdict;

test('a row has the figures of both sides, and the ratio of each round with its spread', () => {
  expect(compareRows(createRounds([2, 3, 1.5], [1, 2, 1]))).toEqual([
    {
      name: 'a row',
      unit: '×',
      own: { values: [2, 3, 1.5], median: 2, low: 1.5, high: 3, facts: { 'of it, ms': 1.5 } },
      other: { values: [1, 2, 1], median: 1, low: 1, high: 2, facts: { 'of it, ms': 1 } },
      change: { by: 'ratio', rounds: 3, median: 1.5, low: 1.5, high: 2 },
      verdict: 'worse',
    },
  ]);
});

test('a row with a tolerance is compared by its difference, because its value can be 0 or less', () => {
  const fields = { unit: '%', tolerance: 1 } as const;
  const [row] = compareRows(createRounds([0.5, -1, 2], [-0.5, -1, 0.5], fields));
  expect(row?.change).toEqual({ by: 'difference', rounds: 3, median: 1, low: 0, high: 1.5 });
  expect(row?.verdict).toBe('too noisy to say');
});

const once = [1, 1, 1];
const twice = [2, 2, 2];

test.each<[verdict: string, own: number[], other: number[], fields?: Partial<Row>]>([
  ['not worse', once, once],
  ['not worse', [1.04, 1.02, 1.01], once],
  ['not worse', [1.04, 0.4, 1], once],
  ['worse', [1.08, 1.01, 1.06], once],
  ['better', [0.9, 0.5, 0.99], once],
  ['too noisy to say', [1.2, 0.9, 1], once],
  ['too noisy to say', [1.2, 0.9, 1.3], once],
  ['too noisy to say', [1.2, 1.01, 1.02], once],
  ['too noisy to say', [1, NaN, 1], once],
  ['too noisy to say', once, [0, 0, 0]],
  ['better', twice, once, { least: 15 }],
  ['worse', once, twice, { least: 15 }],
  ['better', twice, once, { isMoreBetter: true }],
  ['worse', [3, 4, 3.5], once, { tolerance: 1 }],
  ['not worse', [0.9, -3, 0], [0, 0, 0], { tolerance: 1 }],
  ['better', [-3, -2, -4], [0, 0, 0], { tolerance: 1 }],
  ['worse', [-3, -2, -4], [0, 0, 0], { tolerance: 1, isMoreBetter: true }],
  ['too few rounds to say', [2, 2], [1, 1]],
  ['worse', [1.001], [1], { unit: 'kB' }],
  ['not worse', [1], [1], { unit: 'kB' }],
  ['better', [0.999], [1], { unit: 'kB' }],
])('%s: %j against %j %j', (verdict, own, other, fields) => {
  expect(judge(own, other, fields)).toBe(verdict);
});

test('how rows are compared is said by this tree, because the other commit may be older', () => {
  const round = { own: [createRow(2, { tolerance: 5 })], other: [createRow(-1)] };
  expect(compareRows([round, round, round])[0]).toMatchObject({
    change: { by: 'difference', median: 3 },
    verdict: 'not worse',
  });
});

test('rows are matched by name, and a row of one side has no change and no verdict', () => {
  const [first, second, third] = ['first', 'second', 'third'].map((name) => createRow(1, { name }));
  if (!first || !second || !third) throw new Error('three rows');
  const rows = compareRows([{ own: [first, second], other: [third, second] }]);
  expect(
    rows.map(({ name, own, other, change }) => [name, own?.median, other?.median, change?.median]),
  ).toEqual([
    ['first', 1, undefined, undefined],
    ['second', 1, 1, 1],
    ['third', undefined, 1, undefined],
  ]);
});

test('a round in which a side failed counts for the other side only', () => {
  const rounds = createRounds([1, 2, 3, 4], [1, 2, 3, 4]);
  const [row] = compareRows([...rounds, { own: [createRow(8)], other: [] }]);
  expect(row).toMatchObject({ own: { values: [1, 2, 3, 4, 8] }, change: { rounds: 4, median: 1 } });
});

test('no rounds, or none with rows, compare nothing', () => {
  expect(compareRows([])).toEqual([]);
  expect(compareRows([{ own: [], other: [] }])).toEqual([]);
});

test('a line has both figures, the change, its spread and the verdict', () => {
  const [row] = compareRows(createRounds([2, 3, 1.5], [1, 2, 1], { unit: 'ms' }));
  expect(row && formatComparison(row, 'abc1234')).toBe(
    '  a row\n      this 2.00 ms (1.50 … 3.00); abc1234 1.00 ms (1.00 … 2.00); ratio 1.50 (1.50 … 2.00) in 3 rounds: worse',
  );
  const [alone] = compareRows([{ own: [createRow(2)], other: [] }]);
  expect(alone && formatComparison(alone, 'abc1234')).toBe(
    '  a row\n      this 2.00 × (2.00 … 2.00); not measured by abc1234',
  );
  expect(formatVerdicts([row, row, alone].flatMap((one) => one ?? []))).toBe(
    '3 rows: 2 worse, 1 measured by one of the two',
  );
});
