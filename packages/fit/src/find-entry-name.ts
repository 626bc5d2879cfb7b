import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';

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

/** Words for a message that suggest the name that is nearest to the asked one; empty if none is near. */
export function suggestName(asked: unknown, names: readonly string[]): string {
  if (typeof asked !== 'string') return '';
  const distances = names.map((name) => countEdits(foldCase(asked), foldCase(name)));
  const least = Math.min(...distances);
  const nearest = names[distances.indexOf(least)];
  return nearest !== undefined && least <= Math.max(1, asked.length / 3)
    ? `, did you mean ${JSON.stringify(nearest)}?`
    : '';
}

const toCamelCase = (name: string): string =>
  name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());

const foldCase = (name: string): string => name.replaceAll('_', '').toLowerCase();

/** The fewest letters to insert, delete, replace or swap with the next that make one text the other. */
function countEdits(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const next = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      next[column] = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        row > 1 && column > 1 && isSwapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    beforeLast = last;
    last = next;
  }
  return last[to.length] ?? 0;
}
