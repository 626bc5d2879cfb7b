/**
 * What tfjs-layers names a layer that was given no name: `dense_Dense3`, `conv2d_Conv2D1`, where the number counts all layers ever made;
 * and the input that a sequential model makes for its first layer: `dense_Dense3_input`.
 */
const AUTOMATIC = /^(.*)_[A-Z]\w*?\d+(_input)?$/;
/** The same for models and inputs: `sequential_2`, `model3`, `input1`. */
const COUNTED = /^(sequential|model|functional|input)_?\d+$/;

/**
 * Gives names that are the same in every process that builds the same model: automatic names lose their count and are numbered by their
 * first appearance, as Keras does in a fresh session (`dense`, `dense_1`). Names given by the user stay.
 */
export function stableNames(): (name: string) => string {
  const given = new Map<string, string>();
  const used = new Set<string>();
  return (name) => {
    const known = given.get(name);
    if (known !== undefined) return known;
    const [, base = name, suffix = ''] = AUTOMATIC.exec(name) ?? COUNTED.exec(name) ?? [];
    const stable = unused(base + suffix, used);
    given.set(name, stable);
    used.add(stable);
    return stable;
  };
}

/** The name itself, or with the first number that makes it new. */
export function unused(base: string, used: ReadonlySet<string>): string {
  if (!used.has(base)) return base;
  let number = 1;
  while (used.has(`${base}_${number}`)) number += 1;
  return `${base}_${number}`;
}
