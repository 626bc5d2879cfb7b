import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** They escape what they print, or draw with control characters of their own. */
const ESCAPING = [
  'packages/callbacks/src/contract/print.ts',
  'packages/callbacks/src/progress/progress-display.ts',
  'packages/callbacks/src/testing/corruption-tests.ts',
  'packages/fit/src/backend/use-backend.ts',
];

test('packages print by printWarning and printText, which escape names that come from outside', () => {
  expect(findConsoleCalls()).toEqual(ESCAPING);
});

function findConsoleCalls(): string[] {
  const root = new URL('../packages/', import.meta.url);
  const files = readdirSync(root).flatMap((name) =>
    readdirSync(new URL(`${name}/src/`, root), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `packages/${name}/src/${file}`),
  );
  return files
    .filter((file) => hasConsoleCall(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')))
    .sort();
}

function hasConsoleCall(source: string): boolean {
  const code = source.split('\n').filter((line) => !/^\s*(\*|\/\*|\/\/)/.test(line));
  return code.some((line) => /\bconsole\b\s*[.[]/.test(line));
}
