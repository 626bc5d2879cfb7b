/**
 * The name tfjs-layers gives to a layer without one: `dense_Dense3`, `conv2d_Conv2D1`; the number counts all
 * layers ever made. Also the name of the input that a sequential model makes for its first layer:
 * `dense_Dense3_input`.
 */
const AUTOMATIC = /^(.+)_([A-Z][A-Za-z0-9]*?)(\d+)(_input)?$/;
/** The same for models and inputs: `sequential_2`, `model3`, `input1`. */
const COUNTED = /^(sequential|model|functional|input)_?\d+$/;

/**
 * Creates a function that turns names into ones that are the same in every process that builds the same
 * model. Automatic names lose their count and are numbered by first appearance, as in a fresh Keras session
 * (`dense`, `dense_1`). Names given by the user stay; `names` are all names, so that no automatic one takes
 * theirs.
 */
export function createNamer(names: Iterable<string> = []): (name: string) => string {
  const given = new Map<string, string>();
  const used = new Set([...names].filter((name) => getBase(name) === undefined));
  return (name) => {
    const base = getBase(name);
    if (base === undefined) return name;
    const known = given.get(name);
    if (known !== undefined) return known;
    const stable = findUnusedName(base, used);
    given.set(name, stable);
    used.add(stable);
    return stable;
  };
}

/** The name as it is without its count; undefined for a name given by the user, such as `price_USD2024`. */
function getBase(name: string): string | undefined {
  const [, counted] = COUNTED.exec(name) ?? [];
  if (counted !== undefined) return counted;
  const [, base = '', className = '', count = '', suffix = ''] = AUTOMATIC.exec(name) ?? [];
  // The name of a class may end in digits, so the count may be shorter. A wrapper puts a word before the name
  // of its layer: `forward_gru_GRU1`.
  const isAutomatic = Array.from(count, (_, length) => className + count.slice(0, length)).some((candidate) =>
    `_${base}`.endsWith(`_${toSnakeCase(candidate)}`),
  );
  return isAutomatic ? base + suffix : undefined;
}

/** As tfjs-layers makes the name of a layer from that of its class. */
function toSnakeCase(className: string): string {
  return className
    .replaceAll(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** Returns the name itself, or the name with the first number that makes it new. */
export function findUnusedName(base: string, used: ReadonlySet<string>): string {
  if (!used.has(base)) return base;
  let number = 1;
  while (used.has(`${base}_${number}`)) number += 1;
  return `${base}_${number}`;
}

/** The names, each with the first number that makes it new: a layer may give several outputs. */
export function listDistinctNames(names: readonly string[]): string[] {
  const used = new Set<string>();
  return names.map((name) => {
    const distinct = findUnusedName(name, used);
    used.add(distinct);
    return distinct;
  });
}
