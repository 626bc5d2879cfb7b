import { formatNumber } from '../format-row.js';
import type { ComparedRow, Spread } from './compare-rows.js';

/** Formats a compared row: its name, then both figures, their change, and the verdict. */
export function formatComparison(
  { name, unit, own, other, change, verdict }: ComparedRow,
  sha: string,
): string {
  const parts = [
    own === undefined ? 'not measured by this tree' : `this ${formatSpread(own, unit)}`,
    other === undefined ? `not measured by ${sha}` : `${sha} ${formatSpread(other, unit)}`,
  ];
  if (change !== undefined)
    parts.push(
      `${change.by} ${formatSpread(change, change.by === 'ratio' ? '' : unit)} in ${count(change.rounds, 'round')}: ${verdict}`,
    );
  return `  ${name}\n      ${parts.join('; ')}`;
}

/** Counts the verdicts of all rows in one line. */
export function formatVerdicts(rows: readonly ComparedRow[]): string {
  const counts = new Map<string, number>();
  for (const { verdict = 'measured by one of the two' } of rows)
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const parts = [...counts].map(([verdict, number]) => `${number} ${verdict}`);
  return `${count(rows.length, 'row')}: ${parts.join(', ')}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function formatSpread({ median, low, high }: Spread, unit: string): string {
  const middle = `${formatNumber(median)}${unit === '' ? '' : ` ${unit}`}`;
  return low === high ? middle : `${middle} (${formatNumber(low)} … ${formatNumber(high)})`;
}
