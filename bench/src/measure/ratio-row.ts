import type { Row } from '../bench.js';
import type { Comparison } from './compare.js';

/** A comparison as a line of the output. */
export function ratioRow(
  name: string,
  limit: number | undefined,
  { ratio, subject, yardstick, runs }: Comparison,
  facts: Row['facts'] = {},
): Row {
  return {
    name,
    ...(limit !== undefined && { limit }),
    unit: '×',
    value: ratio.median,
    spread: [ratio.low, ratio.high],
    runs,
    facts: { 'subject, ms': subject.median, 'yardstick, ms': yardstick.median, ...facts },
  };
}
