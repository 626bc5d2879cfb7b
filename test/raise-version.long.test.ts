import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const workspace = mkdtempSync(join(tmpdir(), 'keepfit-version-'));
afterAll(() => rmSync(workspace, { recursive: true }));

const read = (file: string): string => readFileSync(join(workspace, file), 'utf8');
const write = (file: string, text: string): void => writeFileSync(join(workspace, file), text);
const raiseVersion = () =>
  promisify(execFile)(process.execPath, [join(root, 'scripts/raise-version.mjs'), workspace]);

beforeAll(() => {
  for (const file of ['.changeset/config.json', 'package.json', 'packages/callbacks/src/version.ts'])
    cpSync(join(root, file), join(workspace, file));
  write('pnpm-workspace.yaml', 'packages:\n  - packages/*\n');
  for (const folder of ['callbacks', 'store-fs', 'keepfit', 'create-keepfit']) {
    mkdirSync(join(workspace, 'packages', folder), { recursive: true });
    const name = folder.includes('keepfit') ? folder : `@keepfit/${folder}`;
    write(`packages/${folder}/package.json`, JSON.stringify({ name, version: '0.0.0' }));
  }
  write(
    '.changeset/kept-by-time.md',
    "---\n'@keepfit/callbacks': minor\nkeepfit: minor\n---\n\nIt saves by time.\n",
  );
  write(
    '.changeset/full-disks.md',
    "---\n'@keepfit/store-fs': patch\n---\n\nA full disk is told.\nTwo lines.\n\nAnd a paragraph.\n",
  );
});

test('all packages get the same version, and each change stands once in the changelog', async () => {
  await raiseVersion();
  for (const folder of readdirSync(join(workspace, 'packages')))
    expect(JSON.parse(read(`packages/${folder}/package.json`)), folder).toMatchObject({ version: '0.1.0' });
  expect(read('packages/callbacks/src/version.ts')).toContain("version = '0.1.0'");
  expect(read('CHANGELOG.md').replace(/\d{4}-\d\d-\d\d/, 'DATE')).toBe(`# Changelog

All packages have one version.

## 0.1.0 (DATE)

### New

- **Kept by time** (callbacks, keepfit): It saves by time.

### Better

- **Full disks** (store-fs): A full disk is told.
  Two lines.

  And a paragraph.
`);
  expect(readdirSync(join(workspace, '.changeset'))).toEqual(['config.json']);
});

test('the next version comes above it', async () => {
  const before = read('CHANGELOG.md');
  write('.changeset/next.md', '---\nkeepfit: patch\n---\n\nOne more.\n');
  await raiseVersion();
  const after = read('CHANGELOG.md');
  expect(after).toMatch(
    /## 0\.1\.1 .*\n\n### Better\n\n- \*\*Next\*\* \(keepfit\): One more\.\n\n## 0\.1\.0 /,
  );
  expect(after.endsWith(before.slice(before.indexOf('## 0.1.0')))).toBe(true);
});

test('without a changeset, and with one that has no text, nothing is changed', async () => {
  const before = read('CHANGELOG.md');
  await expect(raiseVersion()).rejects.toThrow('there is no changeset');
  write('.changeset/empty.md', '---\nkeepfit: patch\n---\n');
  await expect(raiseVersion()).rejects.toThrow('empty.md is no changeset');
  expect(read('CHANGELOG.md')).toBe(before);
  expect(read('packages/keepfit/package.json')).toContain('0.1.1');
});
