import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import type { LossFunction } from '../contract/loss.js';

/** Names of the outputs in the model's order, those for messages first. */
export type NameLists = readonly [readonly string[], ...(readonly string[])[]];

type PerOutput<T> = T | readonly T[] | Readonly<Record<string, T>>;

/**
 * One item an output: the same for all, or those of a list or of a record by output name.
 *
 * @throws KEEPFIT_INVALID_OPTION when a list or a name does not fit the outputs.
 */
export function takePerOutput<T extends string | number | LossFunction | null>(
  option: string,
  given: PerOutput<T>,
  nameLists: NameLists,
): T[] {
  const [names] = nameLists;
  if (typeof given !== 'object' || given === null) return names.map(() => given);
  if (Array.isArray(given)) {
    if (given.length === names.length) return given as T[];
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `${option} has ${given.length} items, and the model has ${names.length} outputs; give one each`,
    );
  }
  const record = given as Readonly<Record<string, T>>;
  return findNames(option, record, nameLists).map((name) => record[name] as T);
}

/**
 * A list of items an output: the same for all, or those of a list of lists or of a record by output name.
 *
 * @throws KEEPFIT_INVALID_OPTION when the lists or a name do not fit the outputs.
 */
export function listPerOutput<T>(
  option: string,
  given: readonly (T | readonly T[])[] | Readonly<Record<string, T | readonly T[]>>,
  nameLists: NameLists,
): (readonly T[])[] {
  const [names] = nameLists;
  const listed = (item: T | readonly T[] | undefined): readonly T[] =>
    item === undefined ? [] : Array.isArray(item) ? (item as readonly T[]) : [item as T];
  if (!Array.isArray(given)) {
    const record = given as Readonly<Record<string, T | readonly T[]>>;
    return findNames(option, record, nameLists).map((name) => listed(record[name]));
  }
  const list = given as readonly (T | readonly T[])[];
  if (!list.some((item) => Array.isArray(item))) return names.map(() => list as readonly T[]);
  if (list.length === names.length) return list.map(listed);
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${option} has ${list.length} lists, and the model has ${names.length} outputs; give one list each`,
  );
}

/** The names by which a record gives its items: the first list that has all its keys. */
function findNames(option: string, record: object, nameLists: NameLists): readonly string[] {
  const keys = Object.keys(record);
  const fitting = nameLists.find((names) => keys.every((name) => names.includes(name)));
  if (fitting !== undefined) return fitting;
  const [names] = nameLists;
  const unknown = keys.find((name) => !names.includes(name));
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${option} names the output ${formatValue(unknown)}; the model's outputs are ${names.join(', ')}`,
  );
}
