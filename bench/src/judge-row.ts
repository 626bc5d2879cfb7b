import type { Row } from './bench.js';

export type Judgement = 'met' | 'MISSED' | 'inconclusive';

/**
 * Judges a row by its goal. It is met if the median and both quartiles are within the goal, and missed if the
 * median is not. If only the median is within, it is inconclusive. Returns undefined for a row without a goal.
 */
export function judgeRow({
  limit,
  least,
  value,
  spread,
}: Pick<Row, 'limit' | 'least' | 'value' | 'spread'>): Judgement | undefined {
  if (limit === undefined && least === undefined) return undefined;
  const isWithin = (figure: number): boolean =>
    figure <= (limit ?? Infinity) && figure >= (least ?? -Infinity);
  if (!isWithin(value)) return 'MISSED';
  return spread.every(isWithin) ? 'met' : 'inconclusive';
}
