import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleBench } from '../bundle-bench.js';
import type { Options } from '../command-line.js';
import { runInChild } from '../run-in-child.js';
import { buildCommit } from './build-commit.js';
import { type ComparedRow, compareRows } from './compare-rows.js';
import { formatComparison, formatVerdicts } from './format-comparison.js';
import { runInTurns } from './run-in-turns.js';
import { type Commit, withCommit } from './with-commit.js';

export interface Comparison {
  readonly against: { readonly commit: string; readonly subject: string };
  readonly rounds: number;
  readonly results: Readonly<Record<string, readonly ComparedRow[]>>;
}

/**
 * Runs the benches of this tree and of the commit `ref` in turns, each with its own sources and its own bench
 * code, and prints how they compare.
 *
 * @param bench The folder of this package.
 */
export async function runAgainst(
  bench: string,
  ref: string,
  options: Options,
  signal: AbortSignal,
): Promise<Comparison> {
  const root = join(bench, '..');
  return await withCommit(root, ref, signal, async (commit) => {
    console.log(`against: ${commit.sha} ${commit.subject}\n`);
    const programs = { other: await buildCommit(root, commit, signal), own: await bundleBench(bench) };
    // Both write to the same disk.
    const parent = options.folder ?? join(bench, 'dist');
    const folder = mkdtempSync(join(parent, 'keepfit-against-'));
    try {
      return await compareBenches({ ...options, folder }, programs, commit, signal);
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    }
  });
}

async function compareBenches(
  { names, rounds, quick, folder }: Options & { readonly folder: string },
  programs: Readonly<Record<'own' | 'other', string>>,
  { sha, subject }: Commit,
  signal: AbortSignal,
): Promise<Comparison> {
  const results: Record<string, ComparedRow[]> = {};
  for (const name of names) {
    console.log(`\n${name}`);
    const made = await runInTurns(
      rounds,
      (side) => runInChild({ program: programs[side], name, folder, quick, signal }),
      { own: 'this', other: sha },
      (line) => console.log(`  ${line}`),
    );
    const rows = compareRows(made);
    for (const row of rows) console.log(formatComparison(row, sha));
    results[name] = rows;
  }
  console.log(`\n${formatVerdicts(Object.values(results).flat())}`);
  return { against: { commit: sha, subject }, rounds, results };
}
