import { expect, test } from 'vitest';
import { philox } from '../../src/random/philox.js';
import { type RandomPurpose, createRandomStream } from '../../src/random/random-stream.js';

const PURPOSES: readonly RandomPurpose[] = ['order', 'step', 'build', 'data', 'inference'];

const firstOf = (seed: number, purpose: RandomPurpose, index: number): number =>
  createRandomStream(seed, purpose, index).next();

test('is the same each time it is opened', () => {
  const draw = () => {
    const stream = createRandomStream(7, 'step', 3);
    return Array.from({ length: 20 }, () => stream.next());
  };
  expect(draw()).toEqual(draw());
});

test('every purpose, index and seed has a stream of its own, up to 53 bits', () => {
  const large = [0, 1, 2, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 52, 2 ** 53 - 1];
  const drawn = PURPOSES.flatMap((purpose) => [
    ...large.map((index) => firstOf(7, purpose, index)),
    ...large.filter((seed) => seed !== 7).map((seed) => firstOf(seed, purpose, 5)),
  ]);
  expect(new Set(drawn).size).toBe(drawn.length);
});

test('a number has 53 bits, made of two words as Math.random makes them', () => {
  const words = philox(0, 0, 3, 2 << 24, 7, 0, new Uint32Array(4));
  expect(firstOf(7, 'step', 3)).toBe(((words[0]! >>> 5) * 2 ** 26 + (words[1]! >>> 6)) / 2 ** 53);
  const stream = createRandomStream(1, 'data', 0);
  const drawn = Array.from({ length: 200 }, () => stream.next() * 2 ** 53);
  expect(drawn.every(Number.isInteger)).toBe(true);
  expect(drawn.some((value) => value % 2 === 1)).toBe(true);
});

test('numbers are uniform in [0, 1): mean, spread and every sixteenth are as they should be', () => {
  const stream = createRandomStream(123, 'step', 0);
  const count = 40_000;
  const bins = new Array<number>(16).fill(0);
  let sum = 0;
  let squares = 0;
  for (let index = 0; index < count; index++) {
    const value = stream.next();
    expect(value >= 0 && value < 1).toBe(true);
    bins[Math.floor(value * 16)]! += 1;
    sum += value;
    squares += value * value;
  }
  expect(Math.abs(sum / count - 1 / 2)).toBeLessThan(0.006);
  expect(Math.abs(squares / count - 1 / 3)).toBeLessThan(0.006);
  // Chi squared with 15 degrees of freedom: over 44 once in ten thousand; the seed is fixed.
  const expected = count / 16;
  expect(bins.reduce((chi, seen) => chi + (seen - expected) ** 2 / expected, 0)).toBeLessThan(44);
});

test('first numbers of neighbouring streams are as independent as those of one stream', () => {
  for (const neighbours of [
    (index: number) => firstOf(7, 'step', index),
    (seed: number) => firstOf(seed, 'step', 0),
  ]) {
    const values = Array.from({ length: 4000 }, (_, index) => neighbours(index) - 0.5);
    const product = values.slice(1).reduce((sum, value, index) => sum + value * values[index]!, 0) / 3999;
    // The standard error of the mean product is 1/12 / sqrt(3999).
    expect(Math.abs(product)).toBeLessThan(4 * (1 / 12 / Math.sqrt(3999)));
  }
});

test('integers are uniform below any bound, 1 and 2^32 included', () => {
  const stream = createRandomStream(9, 'order', 0);
  expect(Array.from({ length: 10 }, () => stream.integer(1))).toEqual(new Array(10).fill(0));
  const large = Array.from({ length: 100 }, () => stream.integer(2 ** 32));
  expect(large.every((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32)).toBe(true);
  expect(Math.max(...large)).toBeGreaterThan(2 ** 31);
  const counts = [0, 0, 0];
  for (let index = 0; index < 30_000; index++) counts[stream.integer(3)]! += 1;
  for (const seen of counts) expect(Math.abs(seen - 10_000)).toBeLessThan(330);
});

test('an integer is not biased where the bound does not divide 2^32', () => {
  const stream = createRandomStream(5, 'order', 1);
  // With a bound of 3/4 of 2^32, plain remainders would give the lower third twice as often.
  const bound = 3 * 2 ** 30;
  let low = 0;
  for (let index = 0; index < 9000; index++) if (stream.integer(bound) < 2 ** 30) low += 1;
  expect(Math.abs(low - 3000)).toBeLessThan(180);
});
