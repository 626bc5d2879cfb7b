import { expect, test } from 'vitest';
import { pythonFloat } from '../../src/callbacks/csv-logger.js';

test.each([
  [0.6, '0.6'],
  [1, '1.0'],
  [-3, '-3.0'],
  [0, '0.0'],
  [-0, '-0.0'],
  [0.1 + 0.2, '0.30000000000000004'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [1.5e-7, '1.5e-07'],
  [9007199254740991, '9007199254740991.0'],
  [1e16, '1e+16'],
  [1.25e22, '1.25e+22'],
  [1e-300, '1e-300'],
  [NaN, 'nan'],
  [Infinity, 'inf'],
  [-Infinity, '-inf'],
])('prints %d as Python does: %s', (value, text) => {
  expect(pythonFloat(value)).toBe(text);
});
