import { expect, test } from 'vitest';
import { countColumns } from '../../src/progress/text-width.js';
import {
  formatLastBar,
  type Progress,
  formatProgressBar,
  formatProgressText,
} from '../../src/progress/progress-line.js';

const running: Progress = {
  done: 17,
  target: 469,
  elapsed: 430,
  msPerStep: 25,
  logs: { accuracy: 0.90123, loss: 0.31234 },
  hasEnded: false,
};
const ended: Progress = { ...running, done: 469, elapsed: 12_600, hasEnded: true };

test('shows count, bar, time left, time a step and metrics', () => {
  expect(formatProgressBar(running, 100)).toBe(
    ' 17/469 ╸─────────────────── 11s 25ms/step - accuracy: 0.9012 - loss: 0.3123',
  );
});

test('draws the bar in half characters', () => {
  const bar = (done: number) =>
    /[━╸─]+/.exec(formatProgressBar({ ...running, done, target: 40, logs: {} }, 100))?.[0];
  expect([bar(1), bar(2), bar(39), bar(40)]).toEqual([
    '╸'.padEnd(20, '─'),
    '━'.padEnd(20, '─'),
    `${'━'.repeat(19)}╸`,
    '━'.repeat(20),
  ]);
});

test('shows the time taken once it has ended', () => {
  expect(formatProgressBar(ended, 100)).toBe(
    `469/469 ${'━'.repeat(20)} 13s 25ms/step - accuracy: 0.9012 - loss: 0.3123`,
  );
});

test.each([
  [17, 25, '11s'],
  [459, 5999, '59s'],
  [459, 6000, '1:00'],
  [369, 900, '1:30'],
  [369, 36_000, '1:00:00'],
  [368, 108_000, '3:01:48'],
])(
  'tells the time left in seconds, minutes or hours (%d done at %d ms a step: %s)',
  (done, msPerStep, left) => {
    expect(formatProgressText('', { ...running, done, msPerStep, logs: {} })).toContain(` - ${left} left - `);
  },
);

test.each([
  [2600, '3s/step'],
  [999, '999ms/step'],
  [1, '1ms/step'],
  [0.25, '250us/step'],
  [0, '0s/step'],
])('shows %d ms a step as %s', (msPerStep, shown) => {
  expect(formatProgressBar({ ...ended, msPerStep, logs: {} }, 100).endsWith(` ${shown}`)).toBe(true);
});

test('shows metrics with four decimals, small ones in scientific notation, and what is not finite by name', () => {
  const logs = { a: 12.34567, b: 0.00005, c: -0.0004, d: 0, e: NaN, f: -Infinity, g: 0.0011 };
  const shown =
    'a: 12.3457 - b: 5.0000e-05 - c: -4.0000e-04 - d: 0.0000e+00 - e: NaN - f: -Infinity - g: 0.0011';
  expect(formatProgressBar({ ...ended, logs }, Infinity).endsWith(shown)).toBe(true);
});

test('shows a count alone where the number of steps is unknown, or proves larger', () => {
  expect(formatProgressBar({ ...running, target: undefined }, 100)).toBe(
    '17 steps 0s 25ms/step - accuracy: 0.9012 - loss: 0.3123',
  );
  expect(formatProgressBar({ ...running, target: 16, logs: {} }, 100)).toBe('17 steps 0s 25ms/step');
  expect(formatProgressText('Epoch 1/2', { ...running, target: undefined, done: 1, logs: {} })).toBe(
    'Epoch 1/2 - 1 step - 0s - 25ms/step',
  );
});

test('shrinks the bar, then leaves it out, then cuts the end, to fit the columns', () => {
  const whole = formatProgressBar(running, 100);
  for (const columns of [75, 70, 62, 61, 60, 57, 56, 50, 20, 1]) {
    expect([...formatProgressBar(running, columns)].length).toBeLessThanOrEqual(columns);
  }
  expect(formatProgressBar(running, whole.length)).toBe(whole);
  expect(formatProgressBar(running, whole.length - 10)).toBe(whole.replace(/[╸─]+/, '─'.repeat(10)));
  expect(formatProgressBar(running, whole.length - 16)).toBe(whole.replace(/[╸─]+ /, ''));
  expect(formatProgressBar(running, 30)).toBe(' 17/469 11s 25ms/step - accur…');
});

test('shows no time a step before there was one', () => {
  const line = formatProgressText('Epoch 2/2', { ...ended, msPerStep: undefined, logs: { loss: 1 } });
  expect(line).toBe('Epoch 2/2 - 469/469 - 13s - loss: 1.0000');
});

test('a name that is wider than the terminal is cut, and its value is not', () => {
  const logs = { ['dense_output_'.repeat(4)]: 0.5, loss: 0.25 };
  const lines = formatLastBar({ ...ended, logs }, 39);
  expect(lines).toEqual([
    `469/469 ${'━'.repeat(17)} 13s 25ms/step`,
    '  dense_output_dense_output_de…: 0.5000',
    '  loss: 0.2500',
  ]);
});

test.each([
  ['損失', 4],
  ['손실', 4],
  ['ｌｏｓｓ', 8],
  ['🎯', 2],
  ['e\u0301', 1],
  ['loss', 4],
])('%s takes %d columns', (text, columns) => {
  expect(countColumns(text)).toBe(columns);
});

test('lines with wide characters fit', () => {
  const logs = { 損失の平均値: 0.5, 精度の平均値: 0.25, 検証データの損失: 0.125 };
  for (const columns of [20, 39, 60, 79]) {
    expect(countColumns(formatProgressBar({ ...running, logs }, columns))).toBeLessThanOrEqual(columns);
    const lines = formatLastBar({ ...ended, logs }, columns);
    for (const line of lines) expect(countColumns(line)).toBeLessThanOrEqual(columns);
    expect(lines.join(' ')).toContain(': 0.1250');
  }
});

test('a control character of a name does not reach the terminal', () => {
  expect(formatProgressBar({ ...ended, logs: { 'lo\r\u001b[2Jss': 1 } }, 100)).toContain('lo��[2Jss: 1.0000');
});

test('a character of a name that reverses or hides text does not reach the terminal', () => {
  expect(formatProgressBar({ ...ended, logs: { 'a\u202eb\u200bc\u2028d': 1 } }, 100)).toContain(
    'a�b�c�d: 1.0000',
  );
});
