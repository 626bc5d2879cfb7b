import { expect, test } from 'vitest';
import { formatValue } from '../../src/checks/format-value.js';
import { KeepfitError } from '../../src/contract/keepfit-error.js';
import { escapeLine, escapeText } from '../../src/contract/escape-text.js';

/** What a terminal obeys, or a reader does not see. */
const hidden = [
  ...['\0', '\x07', '\b', '\r', '\x1b', '\x7f', '\x85', '\x9b', '\u00ad', '\u061c', '\u180e'],
  ...['\u200b', '\u200d', '\u200e', '\u200f', '\u2028', '\u2029', '\u202a', '\u202e', '\u2060', '\u2066'],
  ...['\u2069', '\ufeff', '\ud800', '\udfff'],
];
const plain = 'weights/größe_日本語/ω-😀 "ﷺ" \\u001b';

test.each(hidden)('escapes %j, and nothing beside it', (character) => {
  const escaped = `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  expect(escapeText(plain + character + plain)).toBe(plain + escaped + plain);
  expect(escapeLine(plain + character + plain)).toBe(plain + escaped + plain);
});

test('writes a character beyond U+FFFF as JSON does, in two escapes', () => {
  expect(escapeText('a\u{e0041}b')).toBe('a\\udb40\\udc41b');
  expect(JSON.parse(escapeText(JSON.stringify('a\u{e0041}b')))).toBe('a\u{e0041}b');
});

test('of a text, lines stay lines; of a name, they do not', () => {
  expect(escapeText('one\ntwo\r\n')).toBe('one\ntwo\\u000d\n');
  expect(escapeLine('one\ntwo')).toBe('one\\u000atwo');
});

test('JSON stays the same JSON', () => {
  const value = { [hidden.join('')]: [hidden.join('x'), plain, '\n'] };
  const escaped = escapeText(JSON.stringify(value, null, 2));
  expect(escaped.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
  expect(JSON.parse(escaped)).toEqual(value);
});

test('no message of an error holds such a character, whoever wrote it', () => {
  const { message, stack } = new KeepfitError('KEEPFIT_STORE_FAILED', `no ${hidden.join('')}\nsecond line`);
  expect(`${message}${stack}`.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  expect(message).toContain('\\u001b');
  expect(message).toMatch(/\nsecond line$/);
});

test('a value in a message is one line without such a character, whatever it is', () => {
  const named = Object.defineProperty(() => 0, 'name', { value: 'f\x1b[2J\n' });
  class Odd {}
  Object.defineProperty(Odd, 'name', { value: 'O\u202edd' });
  const values = ['a\x7f\u202e\n', Symbol('\x9b'), named, new Odd(), { '\u2028': '\u200f' }, ['\ud83d']];
  expect(values.map(formatValue)).toEqual([
    '"a\\u007f\\u202e\\n"',
    'Symbol(\\u009b)',
    'the function f\\u001b[2J\\u000a',
    'a O\\u202edd',
    '{"\\u2028":"\\u200f"}',
    '["\\ud83d"]',
  ]);
});

test('a long value is not cut within a character', () => {
  expect(formatValue(`${'x'.repeat(75)}😀${'x'.repeat(20)}`)).toBe(`"${'x'.repeat(75)}…`);
});
