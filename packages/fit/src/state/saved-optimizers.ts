import type { StateRecord, StateValue } from '@keepfit/callbacks';
import { findLearningRate } from '../optimizer/learning-rate.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import type { SavedOptimizer } from '../optimizer/saved-optimizer.js';

/** What a checkpoint keeps of one optimizer, beside its tensors. */
export interface SavedRole {
  readonly optimizer: SavedOptimizer;
  /** Null for an optimizer without one. */
  readonly learningRate: number | null;
}

/**
 * Writes one value per optimizer into a record: under `key` if the training has one optimizer without a name, else
 * under the plural of it by the names of the phases.
 */
export function byRole<Value>(
  key: string,
  roles: readonly OptimizerRole[],
  read: (role: OptimizerRole, index: number) => Value,
): Readonly<Record<string, Value | Readonly<Record<string, Value>>>> {
  const [only] = roles;
  if (only?.name === undefined) return only === undefined ? {} : { [key]: read(only, 0) };
  const named = roles.map((role, index) => [role.name ?? '', read(role, index)] as const);
  return { [`${key}s`]: Object.fromEntries(named) };
}

/** The learning rates as a checkpoint keeps them. */
export function describeRates(roles: readonly OptimizerRole[]): StateRecord {
  return byRole('learningRate', roles, ({ optimizer }): StateValue => findLearningRate(optimizer) ?? null);
}

/** What a saved state, which is checked, has of an optimizer; undefined if it has none of this name. */
export function findSavedRole(state: StateRecord, { name }: OptimizerRole): SavedRole | undefined {
  const get = (key: string): StateValue | undefined => {
    if (name === undefined) return state[key];
    const named = state[`${key}s`] as StateRecord | undefined;
    return named !== undefined && Object.hasOwn(named, name) ? named[name] : undefined;
  };
  const optimizer = get('optimizer') as unknown as SavedOptimizer | undefined;
  if (optimizer === undefined) return undefined;
  return { optimizer, learningRate: (get('learningRate') ?? null) as number | null };
}

/** The classes of the optimizers in a saved state, which is checked, by what differences call them. */
export function listSavedClasses({ optimizer, optimizers }: StateRecord): Map<string, string> {
  const named = Object.entries((optimizers ?? {}) as StateRecord).map(
    ([name, saved]) => [`optimizers.${name}`, saved] as const,
  );
  const all = optimizer === undefined ? named : [['optimizer', optimizer] as const, ...named];
  return new Map(all.map(([item, saved]) => [item, (saved as unknown as SavedOptimizer).class]));
}
