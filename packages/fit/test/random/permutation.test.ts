import { expect, test } from 'vitest';
import { createPermutation } from '../../src/random/permutation.js';

test('is a permutation, of any length', () => {
  for (const length of [0, 1, 2, 3, 10, 257, 5000]) {
    expect([...createPermutation(length, 7, 0)].sort((a, b) => a - b)).toEqual(
      Array.from({ length }, (_, index) => index),
    );
  }
});

test('depends on seed and pass, and on nothing else', () => {
  const orders = [0, 1, 2, 2 ** 32].flatMap((pass) =>
    [7, 8, 7 + 2 ** 32].map((seed) => createPermutation(50, seed, pass).join()),
  );
  expect(new Set(orders).size).toBe(orders.length);
  Math.random();
  expect(createPermutation(50, 7, 1)).toEqual(createPermutation(50, 7, 1));
});

test('every order of four comes as often as any other', () => {
  const counts = new Map<string, number>();
  const draws = 24_000;
  for (let pass = 0; pass < draws; pass++) {
    const order = createPermutation(4, 11, pass).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  const expected = draws / 24;
  const chi = [...counts.values()].reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
  // 23 degrees of freedom: over 60 once in thirty thousand; the seed is fixed.
  expect(chi).toBeLessThan(60);
});
