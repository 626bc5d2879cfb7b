import type * as tf from '@tensorflow/tfjs-core';
import { checkFits } from './slot-table.js';
import { stripCounters } from './strip-counters.js';

/**
 * Renames saved slots after the weights of this process. tfjs counts the names of variables, so that a weight
 * may have another counter here; among weights that differ by their counters only, the order decides.
 *
 * @throws KEEPFIT_CHECKPOINT_MISMATCH when there are not as many weights of each name as were saved.
 */
export function renameWeights<T>(
  saved: Readonly<Record<string, T>>,
  weights: readonly tf.Variable[],
): Record<string, T> {
  const namesBefore = new Set(Object.keys(saved).map((key) => key.slice(key.indexOf('/') + 1)));
  const before = groupByStem([...namesBefore]);
  const now = groupByStem(weights.map(({ name }) => name));
  const renamed = new Map<string, string>();
  const faults = [...new Set([...before.keys(), ...now.keys()])].flatMap((stem) => {
    const [names, newNames] = [before.get(stem) ?? [], now.get(stem) ?? []];
    names.forEach((name, index) => renamed.set(name, newNames[index] ?? name));
    return names.length === newNames.length
      ? []
      : [`it has ${names.length} of the weights "${stem}", and ${newNames.length} are trained`];
  });
  checkFits(faults);
  return Object.fromEntries(
    Object.entries(saved).map(([key, value]) => {
      const slash = key.indexOf('/') + 1;
      return [key.slice(0, slash) + (renamed.get(key.slice(slash)) ?? ''), value];
    }),
  );
}

function groupByStem(names: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const stem = stripCounters(name);
    groups.set(stem, [...(groups.get(stem) ?? []), name]);
  }
  return groups;
}
