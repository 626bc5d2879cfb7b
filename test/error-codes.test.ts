import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

test('every error code has its heading in docs/errors.md, and no heading is of a code that is gone', () => {
  const codes = [
    ...read('packages/callbacks/src/contract/keepfit-error.ts').matchAll(/\| '(KEEPFIT_\w+)'/g),
  ].map(([, code]) => code);
  const headings = [...read('docs/errors.md').matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  expect(codes.length).toBeGreaterThan(10);
  expect(headings.sort()).toEqual(codes.sort());
});
