import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchError } from '../bench-error.js';
import { runProcess } from './run-process.js';

/** A commit whose files are in a temporary folder. */
export interface Commit {
  /** Its short hash. */
  readonly sha: string;
  /** The first line of its message. */
  readonly subject: string;
  readonly folder: string;
}

/**
 * Calls `use` with the files of a commit in a temporary folder, which is removed afterwards, also if `use`
 * fails. The files come from git's index commands, with an index beside them, so the repository gets no
 * worktree, branch or other change. Throws a BenchError if there is no such commit.
 */
export async function withCommit<T>(
  repository: string,
  ref: string,
  signal: AbortSignal,
  use: (commit: Commit) => Promise<T>,
): Promise<T> {
  const found = await findCommit(repository, ref, signal);
  const parent = mkdtempSync(join(realpathSync(tmpdir()), 'keepfit-against-'));
  try {
    const folder = join(parent, found.sha);
    mkdirSync(folder);
    const where = { cwd: repository, env: { GIT_INDEX_FILE: join(parent, 'index') }, signal };
    await runProcess('git', ['read-tree', found.sha], where);
    await runProcess('git', ['checkout-index', '--all', `--prefix=${folder}/`], where);
    return await use({ ...found, folder });
  } finally {
    rmSync(parent, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function findCommit(
  cwd: string,
  ref: string,
  signal: AbortSignal,
): Promise<Pick<Commit, 'sha' | 'subject'>> {
  try {
    const name = ['rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`];
    const full = (await runProcess('git', name, { cwd, signal })).trim();
    const shown = await runProcess('git', ['show', '--no-patch', '--format=%h %s', full], { cwd, signal });
    const [, sha = full, subject = ''] = /^(\S+) (.*)/.exec(shown) ?? [];
    return { sha, subject };
  } catch {
    signal.throwIfAborted();
    throw new BenchError(`--against needs a commit, and git finds none for "${ref}"`);
  }
}
