import type { Difference, StateRecord, StateValue } from '@keepfit/callbacks';
import type { LossFunction } from '../contract/loss.js';
import type { Metric } from '../contract/metric.js';
import { isMean } from '../losses/weighted-mean.js';
import { findDifferences } from '../state/find-differences.js';
import type { GivenLists } from './output-plan.js';

/**
 * The differences of two fingerprints. A checkpoint of former versions has losses and metrics by name only, and
 * is compared with the names of those that are `given` now.
 */
export function compareFingerprints(
  saved: StateValue,
  current: StateRecord,
  given: GivenLists | undefined,
): Difference[] {
  const before = isRecord(saved) ? saved['objective'] : undefined;
  const now = current['objective'];
  if (given === undefined || !isRecord(before) || !isRecord(now) || !hasNamesOnly(before))
    return findDifferences(saved, current);
  const names = nameLists(given);
  const former = Object.entries(now).map(([key, value]) => [key, names[key] ?? value] as const);
  return findDifferences(
    { ...(saved as StateRecord), objective: withoutEmpty(before) },
    { ...current, objective: Object.fromEntries(former) },
  );
}

/** Today each loss and metric is a record. */
function hasNamesOnly(objective: StateRecord): boolean {
  return Object.values(objective)
    .flat(2)
    .some((item) => typeof item === 'string');
}

/** Today empty lists of weighted metrics are left out. */
function withoutEmpty(objective: StateRecord): StateRecord {
  const { weightedMetrics, ...others } = objective;
  return Array.isArray(weightedMetrics) && weightedMetrics.flat().length === 0 ? others : objective;
}

function nameLists({ losses, metrics, weightedMetrics }: GivenLists): StateRecord {
  const nameAll = (lists: GivenLists['metrics']) => lists.map((list) => list.map(nameGiven));
  return {
    losses: losses.map((loss) => {
      if (loss === null) return null;
      const { reduction } = typeof loss === 'function' ? loss : {};
      return isMean(reduction) ? nameGiven(loss) : `${nameGiven(loss)}, ${reduction}`;
    }),
    metrics: nameAll(metrics),
    weightedMetrics: nameAll(weightedMetrics),
  };
}

function nameGiven(given: string | LossFunction | Metric): string {
  if (typeof given === 'string') return given;
  // The losses with options had no name then.
  return typeof given === 'function' && given.className !== undefined
    ? 'a function'
    : given.name || 'a function';
}

function isRecord(value: StateValue | undefined): value is StateRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
