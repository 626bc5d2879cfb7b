import type { KerasWeight } from './keras-weights.js';

/** For each weight, by its index, the path of its tensor in the file. */
export type Pairs = readonly string[];

/** The metadata of a file that tell where its weights are in Keras' model. */
export interface FileOrder {
  /** All paths in the order of `model.weights`. */
  readonly order?: readonly string[];
  /** Set if the order may be wrong, but only so that shapes do not fit. Names that match are preferred. */
  readonly isLikely?: boolean;
  /** The place of each path in a `.weights.h5` file. */
  readonly places?: ReadonlyMap<string, string>;
  /** Set if the paths do not hold the names of the layers, so that they must not be compared. */
  readonly isNameless?: boolean;
}

/** Pairs that were found by names, and pairs found by the order of the layers. */
export interface Matches {
  readonly byName?: Pairs;
  readonly byOrder?: Pairs;
}

/** Pairs the weights of a model with the paths of a file, one with one, by names and by order. */
export function matchWeights(
  weights: readonly KerasWeight[],
  paths: readonly string[],
  { order, isLikely = false, places, isNameless = false }: FileOrder,
): Matches {
  if (weights.length !== paths.length) return {};
  const byName = isNameless ? undefined : matchByName(weights, paths);
  if (isLikely && byName !== undefined) return { byName };
  const byOrder =
    order !== undefined ? matchByOrder(weights, order) : places && matchByPlace(weights, paths, places);
  return { ...(byName && { byName }), ...(byOrder && { byOrder }) };
}

/** The last part of a path, which tells what the weight is: `kernel`. */
function getRole(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function matchByOrder(weights: readonly KerasWeight[], order: readonly string[]): Pairs | undefined {
  return weights.every(({ leaf }, index) => getRole(leaf) === getRole(order[index] ?? ''))
    ? order
    : undefined;
}

function matchByPlace(
  weights: readonly KerasWeight[],
  paths: readonly string[],
  places: ReadonlyMap<string, string>,
): Pairs | undefined {
  const pathAt = new Map(paths.map((path) => [places.get(path), path]));
  return matchByOrder(
    weights,
    weights.map(({ place }) => pathAt.get(place) ?? ''),
  );
}

/**
 * Pairs by the names of layers. Numbers of automatic names depend on what else a session made, so only their
 * order counts: `dense_4`, `dense_7` in a file are `dense`, `dense_1` of the model. Names of models around a
 * layer are compared only if two layers have one name, since Keras leaves some out.
 */
function matchByName(weights: readonly KerasWeight[], paths: readonly string[]): Pairs | undefined {
  const rankFile = rankNames(paths);
  const rankModel = rankNames(weights.map(({ leaf }) => leaf));
  const bySuffix = new Map<string, string[]>();
  for (const path of paths) {
    const parts = rankFile(path).split('/');
    for (let from = 0; from < parts.length; from++) {
      const suffix = parts.slice(from).join('/');
      bySuffix.set(suffix, [...(bySuffix.get(suffix) ?? []), path]);
    }
  }
  const pairs: string[] = [];
  for (const { path, leaf, qualified, given } of weights) {
    const candidates = (bySuffix.get(rankModel(leaf)) ?? []).filter((one) => {
      const parts = one.split('/');
      return given.every((name) => parts.includes(name));
    });
    const exact = candidates.find((one) => one === path || one === qualified);
    const match = candidates.length === 1 ? candidates[0] : exact;
    if (match === undefined) return undefined;
    pairs.push(match);
  }
  return new Set(pairs).size === pairs.length ? pairs : undefined;
}

/** Numbers the names in these paths from 0, separately for each text before the number. */
function rankNames(paths: readonly string[]): (path: string) => string {
  const numbers = new Map<string, Set<number>>();
  for (const name of paths.flatMap((path) => path.split('/').slice(0, -1))) {
    const [base, number] = splitNumber(name);
    numbers.set(base, (numbers.get(base) ?? new Set()).add(number));
  }
  const ranks = new Map([...numbers].map(([base, set]) => [base, [...set].sort((a, b) => a - b)] as const));
  return (path) => {
    const parts = path.split('/');
    return [
      ...parts.slice(0, -1).map((name) => {
        const [base, number] = splitNumber(name);
        return `${base}_${ranks.get(base)?.indexOf(number)}`;
      }),
      getRole(path),
    ].join('/');
  };
}

function splitNumber(name: string): [string, number] {
  const [, base, number] = /^(.+?)_(\d{1,15})$/.exec(name) ?? [];
  return base === undefined ? [name, -1] : [base, Number(number)];
}
