import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const scripts = fileURLToPath(new URL('../scripts/docs/', import.meta.url));
let temp: string;
beforeEach(() => void (temp = mkdtempSync(join(tmpdir(), 'keepfit-published-'))));
afterEach(() => rmSync(temp, { recursive: true, force: true }));

const git = (...args: string[]) => execFileSync('git', args, { cwd: join(temp, 'clone'), encoding: 'utf8' });

/** Publishes a site with this text as a workflow does, and returns all files of the branch with their texts. */
function publish(text: string, ...version: string[]): Record<string, string> {
  const clone = join(temp, 'clone');
  writeFileSync(join(clone, 'site/index.html'), text);
  execFileSync('bash', ['scripts/docs/publish-site.sh', ...version], { cwd: clone, stdio: 'pipe' });
  git('fetch', '--quiet', 'origin', 'gh-pages');
  const files = git('ls-tree', '-r', '--name-only', 'FETCH_HEAD').trim().split('\n');
  return Object.fromEntries(files.map((file) => [file, git('show', `FETCH_HEAD:${file}`)]));
}

beforeEach(() => {
  const clone = join(temp, 'clone');
  execFileSync('git', ['init', '--quiet', '--bare', join(temp, 'origin')]);
  mkdirSync(join(clone, 'scripts'), { recursive: true });
  mkdirSync(join(clone, 'site'));
  git('init', '--quiet');
  git('remote', 'add', 'origin', join(temp, 'origin'));
  cpSync(scripts, join(clone, 'scripts/docs'), { recursive: true });
});

test('before the first release, the site is /next, and the root leads there', () => {
  const files = publish('one');
  expect(files['next/index.html']).toBe('one');
  expect(files['index.html']).toContain('url=next/index.html');
  expect(JSON.parse(files['versions.json'] ?? '')).toEqual([{ folder: 'next', title: 'next' }]);
});

test('releases keep their folders, and /latest is the newest of them', () => {
  publish('one', 'v0.9.0');
  publish('two', 'v0.10.0');
  publish('three', 'v0.9.1');
  const files = publish('four');
  expect(files).toMatchObject({
    'next/index.html': 'four',
    'latest/index.html': 'two',
    'v0.9.0/index.html': 'one',
    'v0.9.1/index.html': 'three',
    'v0.10.0/index.html': 'two',
  });
  expect(files['index.html']).toContain('url=latest/index.html');
  expect((JSON.parse(files['versions.json'] ?? '') as { title: string }[]).map(({ title }) => title)).toEqual(
    ['0.10.0 (latest)', 'next', '0.10.0', '0.9.1', '0.9.0'],
  );
});

test('the same site is not published twice, and a wrong version not at all', () => {
  publish('one');
  const before = git('rev-parse', 'FETCH_HEAD');
  publish('one');
  expect(git('rev-parse', 'FETCH_HEAD')).toBe(before);
  expect(() => publish('two', '1.0')).toThrow('expected "next" or a version such as v1.2.3, not "1.0"');
});

test('the release workflow publishes the site that the checks have built', () => {
  const workflow = readFileSync(join(scripts, '../../.github/workflows/release.yml'), 'utf8');
  expect(workflow).toContain('bash scripts/docs/publish-site.sh');
});
