import type { Row } from '../bench.js';
import { formatNumber } from '../format-row.js';

/** The text of a cell without a figure. */
export const NOT_MEASURED = 'not measured';

/** Formats a number as in a document: "14,777" or "−0.78". */
export function formatFigure(value: number): string {
  const text = formatNumber(value);
  return (Math.abs(value) < 1000 ? text : Number(text).toLocaleString('en-US')).replace('-', '−');
}

/** Formats the median of a row, its quartiles if there are several runs, and its unit. */
export function formatMedian({ value, spread: [low, high], unit }: Row): string {
  const dash = low < 0 ? ' to ' : '–';
  const quartiles = low === high ? '' : ` (${formatFigure(low)}${dash}${formatFigure(high)})`;
  return `${formatFigure(value)}${formatUnit(unit)}${quartiles}`;
}

/** Formats a unit behind a number. A ratio has none. */
export function formatUnit(unit: Row['unit']): string {
  return unit === '×' || unit === '' ? '' : ` ${unit}`;
}

/** Formats a table of Markdown. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const formatLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [head, head.map(() => '---'), ...rows].map(formatLine).join('\n');
}
