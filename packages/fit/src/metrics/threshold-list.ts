import { NEG_INF } from './never.js';

/** Thresholds as a list: those given, else 0.5, or below every prediction where the k largest are taken. */
export function thresholdList(
  thresholds: number | readonly number[] | undefined,
  topK?: number,
): readonly number[] {
  return thresholds === undefined ? [topK === undefined ? 0.5 : NEG_INF] : [thresholds].flat();
}
