import type { Row } from './bench.js';
import { judgeRow } from './judge-row.js';

/** Formats a line of the output, and below it the facts behind the figure. */
export function formatRow(row: Row): string {
  const { name, limit, least, unit, value, spread, runs, facts } = row;
  const [low, high] = spread;
  const words =
    limit !== undefined
      ? `at most ${formatNumber(limit)}`
      : least !== undefined
        ? `at least ${formatNumber(least)}`
        : undefined;
  const bar = words === undefined ? '' : `, ${words} ${unit}: ${judgeRow(row)}`;
  const made = Object.entries(facts).map(
    ([fact, content]) => `${fact} ${typeof content === 'number' ? formatNumber(content) : content}`,
  );
  return `  ${name}: ${formatNumber(value)} ${unit} (${formatNumber(low)} … ${formatNumber(high)}, ${runs} runs)${bar}\n      ${made.join('; ')}`;
}

export function formatNumber(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.1 ? 2 : 4;
  return value.toFixed(digits);
}
