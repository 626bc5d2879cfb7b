import { cpuBackend } from '@keepfit/backend-cpu';
import { seeded, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { drawSeed, createRandomStream } from '../../src/random/random-stream.js';
import { withRandom } from '../../src/random/with-random.js';

beforeAll(() => useBackend(cpuBackend()));

test('withRandom draws Math.random from the stream, and puts the old one back', () => {
  const original = Math.random;
  const drawn = withRandom(createRandomStream(7, 'step', 0), () => [Math.random(), Math.random()]);
  const stream = createRandomStream(7, 'step', 0);
  expect(drawn).toEqual([stream.next(), stream.next()]);
  expect(Math.random).toBe(original);
});

test('withRandom puts the old one back after a throw, and where it is nested', () => {
  const original = Math.random;
  expect(() =>
    withRandom(createRandomStream(7, 'step', 0), () => {
      throw new Error('broken');
    }),
  ).toThrow('broken');
  expect(Math.random).toBe(original);

  const [before, inner, after] = withRandom(createRandomStream(7, 'step', 0), () => [
    Math.random(),
    withRandom(createRandomStream(8, 'inference', 0), () => Math.random()),
    Math.random(),
  ]);
  const stream = createRandomStream(7, 'step', 0);
  expect([before, after]).toEqual([stream.next(), stream.next()]);
  expect(inner).toBe(createRandomStream(8, 'inference', 0).next());
  expect(Math.random).toBe(original);
});

test('a promise is refused, for its randomness would leak out', () => {
  const original = Math.random;
  expect(() => seeded(7, async () => 1)).toThrow(/^KEEPFIT_INVALID_OPTION: .*synchronous.*promise/);
  expect(Math.random).toBe(original);
});

test('seeded makes unseeded initial values repeat, and another seed others', () => {
  const values = (seed: number) =>
    seeded(seed, () => [...tf.randomNormal([8]).dataSync(), ...tf.truncatedNormal([8]).dataSync()]);
  expect(values(7)).toEqual(values(7));
  expect(values(7)).not.toEqual(values(8));
  expect(values(2 ** 53 - 1)).not.toEqual(values(2 ** 53 - 2));
});

test.each([-1, 0.5, NaN, 2 ** 53, '7', undefined])('seeded refuses the seed %s', (seed) => {
  expect(() => seeded(seed as number, () => 1)).toThrow(
    /^KEEPFIT_INVALID_OPTION: seed must be an integer from 0 to 2\^53 - 1, not /,
  );
});

test('a drawn seed is one, and each is another', () => {
  const seeds = Array.from({ length: 50 }, drawSeed);
  expect(seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true);
  expect(new Set(seeds).size).toBe(50);
  expect(Math.max(...seeds)).toBeGreaterThan(2 ** 40);
});
