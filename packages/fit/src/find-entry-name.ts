import { KeepfitError } from '@keepfit/callbacks';
import { formatValue, suggestName } from '@keepfit/callbacks/internal';

/** The camel case of a name in snake case: `meanSquaredError` of `mean_squared_error`. */
export type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** A name that is understood, but that editors do not offer: they skip intersections. */
export type Unlisted<Name extends string> = Name & Record<never, never>;

/** What names mean: each entry by its name in snake case, and other names for some of them. */
export interface NameTable<Entry extends string> {
  /** The word for messages: 'loss', 'metric'. */
  readonly kind: string;
  readonly entries: readonly Entry[];
  readonly aliases: Readonly<Record<string, Entry>>;
  /** Other names that a message may suggest. */
  readonly others?: readonly string[];
}

/**
 * Finds the entry of a name: in snake case, in camel case, as a class ('MeanSquaredError') or by an alias.
 *
 * @throws KEEPFIT_INVALID_OPTION when there is no such name; the message lists those there are.
 */
export function findEntryName<Entry extends string>(asked: string, table: NameTable<Entry>): Entry {
  const found = listNames(table).get(asked);
  if (found !== undefined) return found;
  const { kind, entries, aliases, others = [] } = table;
  const offered = [...entries.map(toCamelCase), ...others];
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `there is no ${kind} ${formatValue(asked)}${suggestName(asked, [...offered, ...Object.keys(aliases)])}; there is ${offered.join(', ')}`,
  );
}

/** All names of a table, and what they mean. */
export function listNames<Entry extends string>({
  entries,
  aliases,
}: NameTable<Entry>): ReadonlyMap<string, Entry> {
  const names = new Map<string, Entry>(Object.entries(aliases));
  for (const entry of entries) {
    const name = toCamelCase(entry);
    for (const spelling of [entry, name, name.charAt(0).toUpperCase() + name.slice(1)])
      names.set(spelling, entry);
  }
  return names;
}

const toCamelCase = (name: string): string =>
  name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
