import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { simdModuleText } from '../scripts/build-simd.mjs';

test('the committed bytes are what assembly/ compiles to; `npm run build:simd` makes them again', async () => {
  const committed = readFileSync(new URL('../src/simd/simd-module.ts', import.meta.url), 'utf8');
  expect(await simdModuleText()).toBe(committed);
});
