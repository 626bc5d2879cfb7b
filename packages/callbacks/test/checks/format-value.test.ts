import { expect, test } from 'vitest';
import { checkKey } from '../../src/checks/check-key.js';
import { checkOptions } from '../../src/checks/check-options.js';
import { formatValue } from '../../src/checks/format-value.js';

test.each([
  [0.5, '0.5'],
  [-0, '-0'],
  [5n, '5'],
  [undefined, 'undefined'],
  [null, 'null'],
  ['a"b', '"a\\"b"'],
  [Symbol('s'), 'Symbol(s)'],
  [[1, 'a'], '[1,"a"]'],
  [{ a: true }, '{"a":true}'],
  [new Map(), 'a Map'],
  [Math.max, 'the function max'],
  [() => undefined, 'a function'],
  ['x'.repeat(100), `"${'x'.repeat(76)}…`],
])('shows %o in a few words', (value, text) => {
  expect(formatValue(value)).toBe(text);
});

test('shows what JSON cannot say by its kind', () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  expect([
    formatValue(cycle),
    formatValue([cycle]),
    formatValue({ big: 1n }),
    formatValue({ toJSON: () => undefined }),
  ]).toEqual(['an object', 'an array', 'an object', 'an object']);
});

test('what cannot be written as JSON is refused by the error that names it, like anything else', () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const refused = expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' });
  expect(() => checkOptions('fit', { epochs: cycle }, { epochs: [() => false, 'a number'] })).toThrow(
    refused,
  );
  expect(() => checkKey(5n as never)).toThrow(refused);
});

test.each<[kind: string, value: unknown]>([
  ['a string of characters that do not show', '\u202e'.repeat(30_000_000)],
  ['a string of digits', '1'.repeat(90_000_000)],
  ['an array of such', ['\u202e'.repeat(30_000_000)]],
  ['a long array', Array.from({ length: 3_000_000 }, () => '\u202e')],
])('cuts %s before it costs time and memory', (_, value) => {
  expect(formatValue(value)).toMatch(/^(?=.{78}$)\[?"(\\u202e|1)+/);
});
