import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { version } from '../packages/callbacks/src/version.js';

const packages = new URL('../packages/', import.meta.url);

function readVersion(name: string): string {
  return (JSON.parse(readFileSync(new URL(`${name}/package.json`, packages), 'utf8')) as { version: string })
    .version;
}

test('the version written into checkpoints is that of @keepfit/callbacks', () => {
  expect(version).toBe(readVersion('callbacks'));
});

test('all packages have one version', () => {
  const names = readdirSync(packages, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect([...new Set(names.map(readVersion))]).toEqual([version]);
});
