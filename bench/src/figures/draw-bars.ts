import type { Bar, BarTable } from '../bars.js';
import type { Row } from '../bench.js';
import { type Judgement, judgeRow } from '../judge-row.js';
import { formatFigure, formatMedian, formatTable, formatUnit, NOT_MEASURED } from './format-figure.js';
import { findRow, type Results } from './results.js';

/** What a table shows of a row: its judgement, 'not measured', or undefined for a row without a goal. */
export type Outcome = Judgement | typeof NOT_MEASURED | undefined;

/** Draws how many goals of each table are met. */
export function drawSummary(tables: readonly BarTable[], results: Results): string {
  const outcomes = ['met', 'inconclusive', 'MISSED', NOT_MEASURED] as const;
  const count = (bars: readonly Bar[]): string[] => {
    const found = bars.map((bar) => getOutcome(bar, results));
    return outcomes.map((outcome) => String(found.filter((one) => one === outcome).length));
  };
  return formatTable(
    ['bars', ...outcomes],
    [
      ...tables.map(({ title, bars }) => [
        `[${title}](#${title.toLowerCase().replaceAll(' ', '-')})`,
        ...count(bars),
      ]),
      ['all', ...count(tables.flatMap(({ bars }) => bars))],
    ],
  );
}

/** Draws a table of goals with the figure of each row and whether it is met. */
export function drawBars({ bars }: BarTable, results: Results): string {
  return formatTable(
    ['figure', 'bar', 'measured', 'outcome'],
    bars.map((bar) => {
      const row = findMeasured(bar, results);
      const outcome = row === undefined ? '' : formatOutcome(bar, judgeRow(row));
      return [bar.name, formatGoal(bar), row === undefined ? NOT_MEASURED : formatMeasured(row), outcome];
    }),
  );
}

/** Returns whether a goal is met. A row without a goal has no outcome if it was measured. */
export function getOutcome(bar: Bar, results: Results): Outcome {
  const row = findMeasured(bar, results);
  if (row !== undefined) return judgeRow(row);
  return bar.limit === undefined && bar.least === undefined ? undefined : NOT_MEASURED;
}

/** A row that was measured with another goal is from an older bench. */
function findMeasured({ bench, name, limit, least }: Bar, results: Results): Row | undefined {
  const row = findRow(results, bench, name);
  return row?.limit === limit && row?.least === least ? row : undefined;
}

function formatGoal({ limit, least, unit }: Bar): string {
  if (limit !== undefined) return `≤ ${limit}${formatUnit(unit)}`;
  return least === undefined ? '' : `≥ ${least}${formatUnit(unit)}`;
}

/** Formats the figure, and of a ratio of two times also these. */
function formatMeasured(row: Row): string {
  const times = Object.entries(row.facts)
    .slice(0, 2)
    .flatMap(([fact, time]) => (fact.endsWith(', ms') && typeof time === 'number' ? time : []));
  if (row.unit !== '×' || times.length < 2) return formatMedian(row);
  return `${formatMedian(row)}: ${times.map(formatFigure).join(' against ')} ms`;
}

function formatOutcome({ reason }: Bar, judgement: Judgement | undefined): string {
  if (judgement === 'MISSED') return `**MISSED**: ${reason ?? 'no reason given'}`;
  return judgement ?? '';
}
