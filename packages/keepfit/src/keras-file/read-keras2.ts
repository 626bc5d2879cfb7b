import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import { collectWeights, type KerasWeight, type KerasWeights } from './collect-weights.js';
import { findConfigLayers } from './find-config-layers.js';
import type { Hdf5File } from './hdf5.js';
import { getLayerName, type KerasLayer, STACKED } from './kinds.js';
import { createLayerError, isKnownClass, isKnownRole, nameRoles } from './layer-roles.js';
import type { Progress } from './read-keras3.js';
import { type Group, type SavedWeight, splitGroup } from './split-group.js';

const WHOLE = 'model_weights';
/** HDF5 bounds the size of an attribute, so Keras splits long lists. */
const MAX_PIECES = 10_000;

/** Whether this is the layout of Keras 2, which Keras 3 still writes into `.h5` files. */
export async function isKeras2(file: Hdf5File): Promise<boolean> {
  return (await readNames(file, await findRoot(file), 'layer_names')) !== undefined;
}

/**
 * Reads weights in the layout of Keras 2: a group for each layer, with the names of its weights.
 *
 * @throws KEEPFIT_INVALID_DATA when tfjs-layers does not have one of the layers.
 */
export async function readKeras2(file: Hdf5File, progress: Progress): Promise<KerasWeights> {
  const root = await findRoot(file);
  const config = await file.getAttribute('', 'model_config');
  const names = (await readNames(file, root, 'layer_names')) ?? [];
  const groups: Group[] = [];
  for (const [index, name] of names.entries()) {
    groups.push(await readGroup(file, root, name));
    progress(index + 1, names.length);
  }
  if (((await file.list(`${root}top_level_model_weights`)) ?? []).length > 0)
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      'the model has weights outside its layers, which tfjs-layers does not have',
    );
  return typeof config === 'string' ? nameByConfig(groups, config) : nameByFile(groups);
}

async function findRoot(file: Hdf5File): Promise<string> {
  return (await file.list(WHOLE)) === undefined ? '' : `${WHOLE}/`;
}

async function readNames(
  file: Hdf5File,
  group: string,
  name: string,
): Promise<readonly string[] | undefined> {
  const path = group.replace(/\/$/, '');
  const toList = (value: string | readonly string[]) => (typeof value === 'string' ? [value] : value);
  const whole = await file.getAttribute(path, name);
  if (whole !== undefined) return toList(whole);
  const pieces: string[] = [];
  for (let index = 0; index < MAX_PIECES; index++) {
    const piece = await file.getAttribute(path, `${name}${index}`);
    if (piece === undefined) return index === 0 ? undefined : pieces;
    pieces.push(...toList(piece));
  }
  throw new KeepfitError('KEEPFIT_CHECKPOINT_CORRUPT', `the file has more than ${MAX_PIECES} lists ${name}`);
}

async function readGroup(file: Hdf5File, root: string, name: string): Promise<Group> {
  const weights: SavedWeight[] = [];
  for (const weight of (await readNames(file, `${root}${name}`, 'weight_names')) ?? []) {
    const path = weight.replace(/:\d+$/, '').split('/');
    const tensor = await file.readArray(`${root}${name}/${weight}`, name);
    weights.push({ path, role: path.at(-1) as string, tensor });
  }
  return { name, weights };
}

/** Names the weights by the configuration of the model, and checks that the file's own names agree. */
function nameByConfig(groups: readonly Group[], config: string): KerasWeights {
  const named = new Map<KerasLayer, KerasWeight[]>();
  const layers = findConfigLayers(config);
  for (const group of groups) {
    const inside = layers.filter(({ parts }) => parts[1]?.name === group.name);
    if (inside.length === 0 && group.weights.length > 0)
      throw createLayerError(group.name, 'is not in the configuration of the model; save the model again');
    for (const [layer, own] of splitGroup(group, inside))
      if (own.length > 0 || isKnownClass(layer.className)) named.set(layer, nameWeights(layer, own));
  }
  return collectWeights(
    layers.flatMap((layer) => named.get(layer) ?? []),
    'order',
  );
}

/** @throws KEEPFIT_INVALID_DATA when the names in the file are not those of such a layer. */
function nameWeights(layer: KerasLayer, weights: readonly SavedWeight[]): KerasWeight[] {
  const { className, config, parts } = layer;
  const roles = nameRoles(
    getLayerName(layer),
    className,
    config,
    weights.map(({ tensor }) => tensor.shape),
  );
  return weights.map(({ role, tensor }, index) => {
    const expected = roles[index] as string;
    const isSame = role === expected || (className === 'DepthwiseConv2D' && role === 'depthwise_kernel');
    if (!isSame)
      throw createLayerError(
        getLayerName(layer),
        `has the weight ${formatValue(role)} where a ${className} has ${formatValue(expected)}`,
      );
    return { parts, role: expected, tensor };
  });
}

/** Names the weights as the file does, since nothing else tells what layers they are of. */
function nameByFile(groups: readonly Group[]): KerasWeights {
  const weights = groups.flatMap((group) => {
    const roles = group.weights.map(({ role }) => role);
    return sortDirections(group).map((weight): KerasWeight => {
      if (!isKnownRole(weight.role))
        throw createLayerError(
          group.name,
          `has a weight ${formatValue(weight.role)}, which no layer of tfjs-layers has`,
        );
      const isDepthwise = weight.role === 'depthwise_kernel' && !roles.includes('pointwise_kernel');
      const parts = weight.path.slice(0, -1).map((name, index, names) => ({
        name: isStack(names[index - 1]) ? name : name.replace(/_cell_\d+$/, '_cell'),
      }));
      return { parts, role: isDepthwise ? 'kernel' : weight.role, tensor: weight.tensor };
    });
  });
  refuseGatedUnits(weights);
  const nested = groups.filter(isNested);
  return collectWeights(
    weights,
    nested.length === 0 ? 'order' : nested.some(isAmbiguous) ? 'names' : 'likely order',
  );
}

/** The forward layer comes first, also if it is frozen. */
function sortDirections(group: Group): readonly SavedWeight[] {
  if (!isBidirectional(listLayers(group))) return group.weights;
  const isForward = ({ path }: SavedWeight) => path.some((name) => name.startsWith('forward_'));
  return [...group.weights].sort((a, b) => Number(isForward(b)) - Number(isForward(a)));
}

/** The order of weights of several layers or cells depends on what is frozen. */
function isNested(group: Group): boolean {
  const layers = listLayers(group);
  return layers.length > 1 && !isBidirectional(layers);
}

/** Whether weights of two layers could change places without a change of a role or shape. */
function isAmbiguous({ weights }: Group): boolean {
  const kinds = weights.map(({ role, tensor }) => `${role} ${tensor.shape.join()}`);
  return new Set(kinds).size < kinds.length;
}

function isBidirectional(layers: readonly string[]): boolean {
  const find = (direction: string) => layers.find((layer) => layer.includes(`/${direction}_`));
  return layers.length === 2 && find('forward') !== undefined && find('backward') !== undefined;
}

/** The paths of the layers that have weights in a group. The cell that a layer makes is none of its own. */
function listLayers({ weights }: Group): string[] {
  const paths = weights.map(({ path }) =>
    path
      .slice(0, -1)
      .filter((name, index, names) => isStack(names[index - 1]) || !/_cell(_\d+)?$/.test(name))
      .join('/'),
  );
  return [...new Set(paths)];
}

function isStack(name: string | undefined): boolean {
  return name?.startsWith(STACKED) ?? false;
}

/** Three gates are those of a GRU, and only its bias tells whether tfjs-layers has this kind. */
function refuseGatedUnits(weights: readonly KerasWeight[]): void {
  for (const [index, { parts, role, tensor }] of weights.entries()) {
    const [units = 0, columns = 0] = tensor.shape;
    if (role !== 'recurrent_kernel' || tensor.shape.length !== 2 || columns !== 3 * units) continue;
    const bias = weights[index + 1];
    const shapes = [[], tensor.shape, ...(bias?.role === 'bias' ? [bias.tensor.shape] : [])];
    nameRoles(parts.map(({ name }) => name).join('/'), 'GRUCell', undefined, shapes);
  }
}
