import type { Row } from '../bench.js';
import { getQuantile } from '../measure/quartiles.js';

/** The rows that this tree and the other commit measured in one round. */
export interface Round {
  readonly own: readonly Row[];
  readonly other: readonly Row[];
}

export interface Spread {
  readonly median: number;
  /** The least and the largest. */
  readonly low: number;
  readonly high: number;
}

export interface Figures extends Spread {
  /** One per round. */
  readonly values: readonly number[];
  /** Those of the last round. */
  readonly facts: Row['facts'];
}

export type Verdict = 'better' | 'not worse' | 'worse' | 'too noisy to say' | 'too few rounds to say';

export interface ComparedRow {
  readonly name: string;
  readonly unit: Row['unit'];
  /** Undefined if this tree does not measure the row. */
  readonly own?: Figures;
  /** Undefined if the other commit does not measure the row. */
  readonly other?: Figures;
  /** Own ÷ other, or own − other for values that can be 0 or less, of the rounds that have both. */
  readonly change?: Spread & { readonly by: 'ratio' | 'difference'; readonly rounds: number };
  readonly verdict?: Verdict;
}

/** A ratio of two commits up to 1.05 is not worse. */
const RATIO_TOLERANCE = 0.05;
/**
 * A verdict uses an interval of the rounds that contains the true median, except in this part of all cases. It
 * takes 5 rounds, and from 8 on an outlier at each end counts no more.
 */
const RISK = 0.075;

/** Compares the rows of all rounds by their names, in the order in which they were measured. */
export function compareRows(rounds: readonly Round[]): ComparedRow[] {
  const names = new Set(
    (['own', 'other'] as const).flatMap((side) =>
      rounds.flatMap((round) => round[side].map(({ name }) => name)),
    ),
  );
  return [...names].map((name) =>
    compareRow(
      name,
      rounds.map(({ own, other }) => ({
        own: own.find((row) => row.name === name),
        other: other.find((row) => row.name === name),
      })),
    ),
  );
}

interface Pair {
  readonly own: Row | undefined;
  readonly other: Row | undefined;
}

function compareRow(name: string, pairs: readonly Pair[]): ComparedRow {
  const [ownRows, otherRows] = [
    pairs.flatMap(({ own }) => own ?? []),
    pairs.flatMap(({ other }) => other ?? []),
  ];
  // This tree says how its rows are compared, because the other commit may be older than these fields.
  const row = ownRows.at(-1) ?? otherRows.at(-1);
  const figures = {
    name,
    unit: row?.unit ?? '',
    ...(ownRows.length > 0 && { own: getFigures(ownRows) }),
    ...(otherRows.length > 0 && { other: getFigures(otherRows) }),
  };
  const both = pairs.flatMap(({ own, other }) =>
    own && other ? [{ own: own.value, other: other.value }] : [],
  );
  if (row === undefined || both.length === 0) return figures;
  const by = row.tolerance === undefined ? 'ratio' : 'difference';
  const changes = both.map(({ own, other }) => (by === 'ratio' ? own / other : own - other));
  return {
    ...figures,
    change: { by, rounds: both.length, ...getSpread(changes) },
    verdict: judge(row, changes),
  };
}

/**
 * Judges a row by the interval that contains the true median. It is worse if this interval lies above 0, and
 * the median beyond the tolerance. It is not worse if the interval ends within the tolerance.
 */
function judge(row: Row, changes: readonly number[]): Verdict {
  if (!changes.every(Number.isFinite)) return 'too noisy to say';
  const left = row.tolerance === 0 ? 0 : countOutliers(changes.length);
  if (left === undefined) return 'too few rounds to say';
  const isMoreBetter = row.isMoreBetter ?? row.least !== undefined;
  const losses = changes.map((change) =>
    row.tolerance === undefined ? (isMoreBetter ? 1 / change : change) - 1 : isMoreBetter ? -change : change,
  );
  const sorted = losses.sort((a, b) => a - b);
  const { median, low, high } = getSpread(sorted.slice(left, sorted.length - left));
  const tolerance = row.tolerance ?? RATIO_TOLERANCE;
  if (low > 0 && median > tolerance) return 'worse';
  if (high < 0 && median < -tolerance) return 'better';
  return high <= tolerance ? 'not worse' : 'too noisy to say';
}

/**
 * Returns how many rounds at each end lie outside the interval, or undefined if there are too few rounds. Each
 * round is above or below the true median like a toss of a coin.
 */
function countOutliers(rounds: number): number | undefined {
  let count: number | undefined;
  let chance = 0.5 ** rounds;
  let risk = 2 * chance;
  for (let next = 0; risk <= RISK; next++) {
    count = next;
    chance *= (rounds - next) / (next + 1);
    risk += 2 * chance;
  }
  return count;
}

function getFigures(rows: readonly Row[]): Figures {
  const values = rows.map(({ value }) => value);
  return { values, ...getSpread(values), facts: rows.at(-1)?.facts ?? {} };
}

function getSpread(values: readonly number[]): Spread {
  return { median: getQuantile(values, 0.5), low: getQuantile(values, 0), high: getQuantile(values, 1) };
}
