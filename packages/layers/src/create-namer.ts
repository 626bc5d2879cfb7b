/**
 * The name tfjs-layers gives to a layer without one: `dense_Dense3`, `conv2d_Conv2D1`; the number counts all layers ever made.
 * Also the name of the input that a sequential model makes for its first layer: `dense_Dense3_input`.
 */
const AUTOMATIC = /^(.*)_[A-Z]\w*?\d+(_input)?$/;
/** The same for models and inputs: `sequential_2`, `model3`, `input1`. */
const COUNTED = /^(sequential|model|functional|input)_?\d+$/;

/**
 * Creates a function that turns names into ones that are the same in every process that builds the same model. Automatic names lose
 * their count and are numbered by first appearance, as in a fresh Keras session (`dense`, `dense_1`). Names given by the user stay.
 */
export function createNamer(): (name: string) => string {
  const given = new Map<string, string>();
  const used = new Set<string>();
  return (name) => {
    const known = given.get(name);
    if (known !== undefined) return known;
    const [, base = name, suffix = ''] = AUTOMATIC.exec(name) ?? COUNTED.exec(name) ?? [];
    const stable = findUnusedName(base + suffix, used);
    given.set(name, stable);
    used.add(stable);
    return stable;
  };
}

/** Returns the name itself, or the name with the first number that makes it new. */
export function findUnusedName(base: string, used: ReadonlySet<string>): string {
  if (!used.has(base)) return base;
  let number = 1;
  while (used.has(`${base}_${number}`)) number += 1;
  return `${base}_${number}`;
}
