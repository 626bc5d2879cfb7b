import { expect, test } from 'vitest';
import { measureSpeed } from '../src/worker/measure-speed.js';

test('the speed is that of the last two seconds', () => {
  const measure = measureSpeed();
  expect(measure(0)).toBeUndefined();
  expect(measure(500)).toBe(2);
  expect(measure(1000)).toBe(2);
  for (let now = 1100; now < 3000; now += 100) measure(now);
  expect(measure(3000)).toBe(10);
});

test('batches that take longer than two seconds have a speed too', () => {
  const measure = measureSpeed();
  measure(0);
  expect(measure(4000)).toBe(0.25);
  expect(measure(14_000)).toBe(0.1);
});
