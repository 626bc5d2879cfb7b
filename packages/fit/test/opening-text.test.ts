import { expect, test } from 'vitest';
import { decodeOpenings, encodeOpenings, type Opener } from '../src/data/opening-text.js';

const list = (text: string) => [...text] as Opener[];

test.each([
  ['', ''],
  ['T', 'T'],
  ['TVT', 'TVT'],
  ['TT', '(T)2'],
  ['TVTVTV', '(TV)3'],
  ['TTTTV', '(T)4V'],
  ['TV'.repeat(1000) + 'T', '(TV)1000T'],
  ['TTV'.repeat(1000), '(TTV)1000'],
])('openings are a short text, and read again', (openings, text) => {
  expect(encodeOpenings(list(openings))).toBe(text);
  expect(decodeOpenings(text)).toEqual(list(openings));
});

test('a validation in each hundredth of 1,000 epochs is a short text too', () => {
  const openings = list(`${'T'.repeat(100)}V`.repeat(10));
  expect(encodeOpenings(openings).length).toBeLessThan(100);
  expect(decodeOpenings(encodeOpenings(openings))).toEqual(openings);
});

test('all orders of up to ten openings are read as they were', () => {
  for (let length = 0; length <= 10; length++) {
    for (let bits = 0; bits < 2 ** length; bits++) {
      const openings = Array.from({ length }, (_, index): Opener => ((bits >> index) & 1 ? 'T' : 'V'));
      expect(decodeOpenings(encodeOpenings(openings))).toEqual(openings);
    }
  }
});

test.each(['X', 't', '(T)', '(T)0', '()3', '(T)99999999', '((T)2)3', 'T2', '(TV)4194304'])(
  'the text %s of a damaged checkpoint is refused',
  (text) => {
    expect(decodeOpenings(text)).toBeUndefined();
  },
);
