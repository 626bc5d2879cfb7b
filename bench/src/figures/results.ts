import { readFileSync } from 'node:fs';
import type { Row } from '../bench.js';
import type { Machine } from '../describe-machine.js';

/** A file of bench/results/. */
export interface Results {
  readonly machine: Machine;
  /** The time at the end of the run. */
  readonly when: string;
  readonly seconds: number;
  readonly results: Readonly<Record<string, readonly Row[]>>;
  /** The runs of single benches whose figures have replaced those of the whole run. */
  readonly updates?: Readonly<Record<string, Pick<Results, 'machine' | 'when'>>>;
}

/** Results with the figures of a run of single benches in the place of the former ones. */
export function updateResults(all: Results, part: Results): Results {
  const { machine, when } = part;
  const updates = Object.fromEntries(Object.keys(part.results).map((bench) => [bench, { machine, when }]));
  return {
    ...all,
    results: { ...all.results, ...part.results },
    updates: { ...all.updates, ...updates },
  };
}

export function readResults(file: string): Results {
  return JSON.parse(readFileSync(file, 'utf8')) as Results;
}

/**
 * Finds a row by its name. Returns undefined if the bench failed before it, or if nothing could be measured: JSON
 * stores NaN as null.
 */
export function findRow({ results }: Results, bench: string, name: string): Row | undefined {
  const row = results[bench]?.find((one) => one.name === name);
  return row !== undefined && Number.isFinite(row.value) ? row : undefined;
}
