import { fingerprintMath } from '@keepfit/fit';
import { expect, test } from 'vitest';

test('names the Math of a browser, the same in every tier of its engine', () => {
  const interpreted = fingerprintMath();
  expect(interpreted).toMatch(/^math [0-9a-f]{8}$/);
  for (let call = 0; call < 300; call++) expect(fingerprintMath()).toBe(interpreted);
});
