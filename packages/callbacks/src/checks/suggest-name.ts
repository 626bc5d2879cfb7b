/** Words for a message that suggest the name that is nearest to the asked one; empty if none is near. */
export function suggestName(asked: unknown, names: readonly string[]): string {
  if (typeof asked !== 'string') return '';
  const nearest = findNearestName(asked, names, Math.max(1, asked.length / 3));
  return nearest === undefined ? '' : `, did you mean ${JSON.stringify(nearest)}?`;
}

/** The name that is nearest to the asked one; undefined if it takes more edits. Case and underscores do not count. */
export function findNearestName(
  asked: string,
  names: readonly string[],
  mostEdits: number,
): string | undefined {
  const distances = names.map((name) => countEdits(foldCase(asked), foldCase(name)));
  const least = Math.min(...distances);
  return least <= mostEdits ? names[distances.indexOf(least)] : undefined;
}

/** A name without underscores, in lower case. */
export const foldCase = (name: string): string => name.replaceAll('_', '').toLowerCase();

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
