import type { KerasLayer } from './kinds.js';
import { createLayerError, listRoles } from './layer-roles.js';
import type { SavedTensor } from '@keepfit/callbacks/checkpoint';

/** A group of weights in a file of Keras 2: those of a layer of the model, which may be a model itself. */
export interface Group {
  readonly name: string;
  readonly weights: readonly SavedWeight[];
}

export interface SavedWeight {
  /** Without the `:0` that TensorFlow puts behind it: `lstm/lstm_cell/kernel`. */
  readonly path: readonly string[];
  readonly role: string;
  readonly tensor: SavedTensor;
}

/**
 * Finds which weights of a group belong to each of the layers inside it. A group lists trainable weights
 * first, so a frozen layer is not at its place, and only names tell it.
 *
 * @throws KEEPFIT_INVALID_DATA when neither names nor order tell it.
 */
export function splitGroup(
  group: Group,
  layers: readonly KerasLayer[],
): ReadonlyMap<KerasLayer, readonly SavedWeight[]> {
  const [only, ...others] = layers;
  if (only !== undefined && others.length === 0) return new Map([[only, group.weights]]);
  const found = splitByName(group, layers) ?? splitByOrder(group, layers);
  if (found !== undefined) return found;
  throw createLayerError(
    group.name,
    'holds several layers, and the file does not tell which weights belong to which; save the model as a .keras file',
  );
}

/** Gives each weight to the layer of which its path has the most names. */
function splitByName(
  { weights }: Group,
  layers: readonly KerasLayer[],
): Map<KerasLayer, SavedWeight[]> | undefined {
  const found = new Map<KerasLayer, SavedWeight[]>(layers.map((layer) => [layer, []]));
  for (const weight of weights) {
    const counts = layers.map((layer) => countNames(layer, weight));
    const most = Math.max(...counts);
    const [owner, ...others] = layers.filter((_, index) => counts[index] === most);
    if (owner === undefined || most === 0 || others.length > 0) return undefined;
    found.get(owner)?.push(weight);
  }
  return found;
}

/** Keras 2 leaves out the names of some models and of layers in wrappers. */
function countNames({ parts }: KerasLayer, { path }: SavedWeight): number {
  const names = new Set(path.slice(0, -1));
  return parts.slice(1).filter(({ name }) => names.has(name)).length;
}

const UNTRAINED = ['moving_mean', 'moving_variance'];

/** The order is certain if all layers are trainable, or none. */
function splitByOrder(
  { weights }: Group,
  layers: readonly KerasLayer[],
): Map<KerasLayer, SavedWeight[]> | undefined {
  const roles = layers.map(({ className, config }) => listRoles(className, config ?? {}));
  const frozen = layers.filter(({ config }) => config?.['trainable'] === false);
  if (frozen.length > 0 && frozen.length < layers.length) return undefined;
  if (roles.flat().length !== weights.length) return undefined;
  const found = new Map<KerasLayer, SavedWeight[]>(layers.map((layer) => [layer, []]));
  let next = 0;
  const take = (isIncluded: (role: string) => boolean) => {
    for (const [index, layer] of layers.entries()) {
      const count = (roles[index] ?? []).filter(isIncluded).length;
      found.get(layer)?.push(...weights.slice(next, (next += count)));
    }
  };
  if (frozen.length > 0) take(() => true);
  else {
    take((role) => !UNTRAINED.includes(role));
    take((role) => UNTRAINED.includes(role));
  }
  return found;
}
