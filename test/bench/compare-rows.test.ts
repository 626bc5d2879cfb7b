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
  expect(compareRows(createRounds([2, 3, 1.5, 2, 4], [1, 2, 1, 1, 2]))).toEqual([
    {
      name: 'a row',
      unit: '×',
      own: { values: [2, 3, 1.5, 2, 4], median: 2, low: 1.5, high: 4, facts: { 'of it, ms': 4 } },
      other: { values: [1, 2, 1, 1, 2], median: 1, low: 1, high: 2, facts: { 'of it, ms': 2 } },
      change: { by: 'ratio', rounds: 5, median: 2, low: 1.5, high: 2 },
      verdict: 'worse',
    },
  ]);
});

test('a row with a tolerance is compared by its difference, because its value can be 0 or less', () => {
  const fields = { unit: '%', tolerance: 1 } as const;
  const [row] = compareRows(createRounds([0.5, -1, 2, 1, 1], [-0.5, -1, 0.5, 0, 0], fields));
  expect(row?.change).toEqual({ by: 'difference', rounds: 5, median: 1, low: 0, high: 1.5 });
  expect(row?.verdict).toBe('too noisy to say');
});

const [zeros, once, twice] = [0, 1, 2].map((value) => Array.from({ length: 12 }, () => value));
if (!zeros || !once || !twice) throw new Error('three sides');

test.each<[verdict: string, own: number[], other: number[], fields?: Partial<Row>]>([
  ['not worse', once, once],
  ['not worse', [1.04, 1.02, 1.01, 1, 1.03], once],
  ['not worse', [1.04, 0.4, 1, 0.9, 0.5], once],
  ['worse', [1.08, 1.01, 1.06, 1.2, 1.01], once],
  ['better', [0.9, 0.5, 0.99, 0.9, 0.8], once],
  ['too noisy to say', [1.2, 0.9, 1, 1, 1], once],
  ['too noisy to say', [1.2, 0.9, 1.3, 1.2, 1.2], once],
  ['too noisy to say', [1.2, 1.01, 1.02, 1.02, 1.02], once],
  ['too noisy to say', [1, NaN, 1, 1, 1], once],
  ['too noisy to say', once, zeros],
  ['better', twice, once, { least: 15 }],
  ['worse', once, twice, { least: 15 }],
  ['better', twice, once, { isMoreBetter: true }],
  ['worse', [3, 4, 3.5, 4, 4], once, { tolerance: 1 }],
  ['not worse', [0.9, -3, 0, 0, 0], zeros, { tolerance: 1 }],
  ['better', [-3, -2, -4, -2, -2], zeros, { tolerance: 1 }],
  ['worse', [-3, -2, -4, -2, -2], zeros, { tolerance: 1, isMoreBetter: true }],
])('%s: %j against %j %j', (verdict, own, other, fields) => {
  expect(judge(own, other, fields)).toBe(verdict);
});

test.each([4, 5, 7, 8, 10, 11])(
  'of %i rounds, the median lies in the interval in over 92 %% of cases',
  (rounds) => {
    const withOutliers = (count: number) =>
      judge(
        [...Array.from({ length: rounds - count }, () => 1.2), ...Array.from({ length: count }, () => 0.5)],
        once,
      );
    const allowed = [0, 1, 2, 3].filter((count) => withOutliers(count) === 'worse');
    // 2 × the chance that so many of the tosses of a coin, or fewer, are heads, is at most 0.075.
    expect(allowed).toEqual({ 4: [], 5: [0], 7: [0], 8: [0, 1], 10: [0, 1], 11: [0, 1, 2] }[rounds]);
  },
);

test('with fewer than 5 rounds there is no verdict, except for a value without noise', () => {
  expect(judge([2, 2, 2, 2], [1, 1, 1, 1])).toBe('too few rounds to say');
  const exact = { unit: 'kB', tolerance: 0 } as const;
  expect(judge([1.001], [1], exact)).toBe('worse');
  expect(judge([1], [1], exact)).toBe('not worse');
  expect(judge([0.999], [1], exact)).toBe('better');
});

test('how rows are compared is said by this tree, because the other commit may be older', () => {
  const round = { own: [createRow(2, { tolerance: 5 })], other: [createRow(-1)] };
  expect(compareRows([round, round, round, round, round])[0]).toMatchObject({
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
  const [row] = compareRows(createRounds([2, 3, 1.5, 2, 2], [1, 2, 1, 1, 1], { unit: 'ms' }));
  expect(row && formatComparison(row, 'abc1234')).toBe(
    '  a row\n      this 2.00 ms (1.50 … 3.00); abc1234 1.00 ms (1.00 … 2.00); ratio 2.00 (1.50 … 2.00) in 5 rounds: worse',
  );
  const [alone] = compareRows([{ own: [createRow(2)], other: [] }]);
  expect(alone && formatComparison(alone, 'abc1234')).toBe(
    '  a row\n      this 2.00 ×; not measured by abc1234',
  );
  expect(formatVerdicts([row, row, alone].flatMap((one) => one ?? []))).toBe(
    '3 rows: 2 worse, 1 measured by one of the two',
  );
});
