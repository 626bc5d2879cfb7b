import { KeepfitError } from '@keepfit/callbacks';
import type { SavedTensor } from '@keepfit/callbacks/checkpoint';
import { formatValue } from '@keepfit/callbacks/internal';
import { collectWeights, type KerasWeight, type KerasWeights } from './collect-weights.js';
import { findConfigLayers } from './find-config-layers.js';
import type { Hdf5File } from './hdf5.js';
import { CELLS, getLayerName, type KerasLayer, type Part } from './kinds.js';
import { createLayerError, isKnownClass, isKnownRole, nameRoles } from './layer-roles.js';
import type { Progress } from './read-keras3.js';

/** A group of weights in the file: those of a layer of the model, which may be a model itself. */
interface Group {
  readonly name: string;
  readonly weights: readonly SavedWeight[];
}

interface SavedWeight {
  /** Without the `:0` that TensorFlow puts behind it: `lstm/lstm_cell/kernel`. */
  readonly path: readonly string[];
  readonly role: string;
  readonly tensor: SavedTensor;
}

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
    const tensor = await file.readArray(`${root}${name}/${weight}`);
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
    const known = inside.filter(({ className }) => isKnownClass(className));
    const unknown = inside.find(({ className }) => !isKnownClass(className));
    if (known.length === 0 && group.weights.length > 0)
      throw createLayerError(
        group.name,
        `${unknown === undefined ? 'is not in the configuration of the model' : `has the class ${unknown.className}`}, which tfjs-layers does not have`,
      );
    let next = 0;
    for (const layer of known) {
      const isAlone = layer.parts[1]?.kind === undefined;
      const own = isAlone
        ? group.weights.slice(next, (next += known.length === 1 ? Infinity : countCellWeights(group, known)))
        : findByName(group, layer);
      named.set(layer, nameWeights(layer, own));
      if (!isAlone) next += own.length;
    }
    if (next < group.weights.length && next !== Infinity)
      throw createLayerError(
        group.name,
        `has weights of a layer that tfjs-layers does not have${unknown === undefined ? '' : `, such as a ${unknown.className}`}`,
      );
  }
  return collectWeights([...named.values()].flat(), 'order');
}

/** Both directions have the same weights, and so have cells of which each is known. */
function countCellWeights({ weights }: Group, layers: readonly KerasLayer[]): number {
  return weights.length / layers.length;
}

/** Weights of a model within the model: trainable ones first, so only their names tell the layer. */
function findByName({ weights }: Group, layer: KerasLayer): readonly SavedWeight[] {
  const names = layer.parts.filter(({ kind }) => kind === undefined).map(({ name }) => name);
  const cells = Object.values(CELLS).map(({ name }) => name);
  // The cell has a name of its own, and Keras 2 leaves out the name of a layer in a wrapper.
  for (const name of names.reverse()) {
    if (cells.includes(name)) continue;
    const own = weights.filter(({ path }) => path.slice(0, -1).includes(name));
    if (own.length > 0) return own;
  }
  return [];
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
    return group.weights.map((weight): KerasWeight => {
      if (!isKnownRole(weight.role))
        throw createLayerError(
          group.name,
          `has a weight ${formatValue(weight.role)}, which no layer of tfjs-layers has`,
        );
      const parts: Part[] = weight.path
        .slice(0, -1)
        .map((name) => ({ name: name.replace(/_cell_\d+$/, '_cell') }));
      const isDepthwise = weight.role === 'depthwise_kernel' && !roles.includes('pointwise_kernel');
      return { parts, role: isDepthwise ? 'kernel' : weight.role, tensor: weight.tensor };
    });
  });
  refuseGatedUnits(weights);
  return collectWeights(weights, groups.some(isNested) ? 'names' : 'order');
}

/** The order of weights in a model within the model depends on what is frozen. */
function isNested({ weights }: Group): boolean {
  const layers = new Set(
    weights.map(({ path }) =>
      path
        .filter((name) => !/_cell(_\d+)?$/.test(name))
        .slice(0, -1)
        .join('/'),
    ),
  );
  return layers.size > 1 && ![...layers].every((layer) => /(^|\/)(forward|backward)_/.test(layer));
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
