/** Values that each factor can have. */
type Factors = Readonly<Record<string, readonly unknown[]>>;

type Row = readonly number[];

/**
 * Choices such that every value of every factor meets every value of every other one at least once. Always
 * the same ones.
 */
export function coveringChoices<Choice>(factors: Factors): Choice[] {
  const names = Object.keys(factors);
  const sizes = names.map((name) => factors[name]?.length ?? 0);
  const uncovered = allPairs(sizes);
  const rows: Row[] = [];
  for (let next = uncovered.values().next(); !next.done; next = uncovered.values().next()) {
    const row = grow(next.value, sizes, uncovered);
    for (const pair of pairsOf(row)) uncovered.delete(pair);
    rows.push(row);
  }
  return rows.map(
    (row) =>
      Object.fromEntries(names.map((name, factor) => [name, factors[name]?.[row[factor] ?? 0]])) as Choice,
  );
}

function allPairs(sizes: readonly number[]): Set<string> {
  const pairs = new Set<string>();
  for (let a = 0; a < sizes.length; a++) {
    for (let b = a + 1; b < sizes.length; b++) {
      for (let i = 0; i < (sizes[a] ?? 0); i++)
        for (let j = 0; j < (sizes[b] ?? 0); j++) pairs.add(`${a} ${i} ${b} ${j}`);
    }
  }
  return pairs;
}

/** A row that covers a pair, each other value chosen for the most pairs that are not covered yet. */
function grow(pair: string, sizes: readonly number[], uncovered: ReadonlySet<string>): Row {
  const [a = 0, i = 0, b = 0, j = 0] = pair.split(' ').map(Number);
  const chosen = new Map([
    [a, i],
    [b, j],
  ]);
  for (const [factor, size] of sizes.entries()) {
    if (chosen.has(factor)) continue;
    const isGain =
      (value: number) =>
      ([other, its]: readonly [number, number]) =>
        uncovered.has(nameOf(factor, value, other, its));
    const gains = Array.from({ length: size }, (_, value) => [...chosen].filter(isGain(value)).length);
    chosen.set(factor, gains.indexOf(Math.max(...gains)));
  }
  return sizes.map((_, factor) => chosen.get(factor) ?? 0);
}

function pairsOf(row: Row): string[] {
  return row.flatMap((value, factor) =>
    row.slice(factor + 1).map((other, index) => nameOf(factor, value, factor + 1 + index, other)),
  );
}

function nameOf(a: number, i: number, b: number, j: number): string {
  return a < b ? `${a} ${i} ${b} ${j}` : `${b} ${j} ${a} ${i}`;
}
