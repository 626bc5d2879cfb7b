import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runProcess } from '../../bench/src/against/run-process.js';
import { withCommit } from '../../bench/src/against/with-commit.js';
import { BenchError } from '../../bench/src/bench-error.js';

const repository = mkdtempSync(join(tmpdir(), 'keepfit-with-commit-'));
afterAll(() => rmSync(repository, { recursive: true }));

const settings = ['user.name=a', 'user.email=a@example.org', 'commit.gpgsign=false'].flatMap((one) => [
  '-c',
  one,
]);
const git = (...args: string[]): string =>
  execFileSync('git', [...settings, ...args], {
    cwd: repository,
    encoding: 'utf8',
  });
const write = (text: string): void => writeFileSync(join(repository, 'deep/file.txt'), text);

git('init', '--quiet');
mkdirSync(join(repository, 'deep'));
write('old');
git('add', '.');
git('commit', '--quiet', '--message', 'An old commit');
write('new');
git('commit', '--quiet', '--all', '--message', 'A new commit');
write('not committed');

/** Everything that a checkout could leave in the repository. */
const describeRepository = (): string =>
  [
    git('status', '--porcelain'),
    git('branch', '--all'),
    git('worktree', 'list'),
    ...readdirSync(repository, { recursive: true }).map(String).sort(),
  ].join('\n');
const before = describeRepository();

const { signal } = new AbortController();

test('use gets the files of the commit, and afterwards they are gone and the repository is as before', async () => {
  const commit = await withCommit(repository, 'HEAD~1', signal, async (found) => {
    expect(readFileSync(join(found.folder, 'deep/file.txt'), 'utf8')).toBe('old');
    expect(readdirSync(found.folder)).toEqual(['deep']);
    return found;
  });
  expect(commit).toMatchObject({
    sha: git('rev-parse', '--short', 'HEAD~1').trim(),
    subject: 'An old commit',
  });
  expect(existsSync(dirname(commit.folder))).toBe(false);
  expect(readFileSync(join(repository, 'deep/file.txt'), 'utf8')).toBe('not committed');
  expect(describeRepository()).toBe(before);
});

test('a failure to build is passed on, and the files are gone', async () => {
  let folder = '';
  const failing = withCommit(repository, 'HEAD', signal, async (commit) => {
    ({ folder } = commit);
    return await runProcess(process.execPath, ['--eval', 'console.log("no space left"); process.exit(3)'], {
      cwd: folder,
      signal,
    });
  });
  await expect(failing).rejects.toThrow(/ended with 3:\nno space left$/);
  expect([existsSync(folder), existsSync(dirname(folder))]).toEqual([false, false]);
  expect(describeRepository()).toBe(before);
});

test('a stop ends the running step and what it started, then the files are gone', async () => {
  const controller = new AbortController();
  let folder = '';
  // The child of a child shares the output, so the step ends only after both have.
  const wait = 'setInterval(() => {}, 1000)';
  const code = `
    require('child_process').spawn(process.execPath, ['--eval', ${JSON.stringify(wait)}], { stdio: 'inherit' })
      .once('spawn', () => require('fs').writeFileSync('started', ''));
    ${wait}`;
  const stopped = withCommit(repository, 'HEAD', controller.signal, async (commit) => {
    ({ folder } = commit);
    const step = runProcess(process.execPath, ['--eval', code], { cwd: folder, signal: controller.signal });
    await expect.poll(() => existsSync(join(folder, 'started'))).toBe(true);
    controller.abort(new BenchError('stopped by SIGINT', 130));
    return await step;
  });
  await expect(stopped).rejects.toMatchObject({ message: 'stopped by SIGINT', status: 130 });
  expect(existsSync(dirname(folder))).toBe(false);
});

test.each(['nope', '', '--all', 'HEAD:deep'])(
  '"%s" is refused with one line, because it is no commit',
  async (ref) => {
    const refused = withCommit(repository, ref, signal, () => Promise.reject(new Error('not reached')));
    await expect(refused).rejects.toMatchObject({
      status: 1,
      message: `--against needs a commit, and git finds none for "${ref}"`,
    });
  },
);
