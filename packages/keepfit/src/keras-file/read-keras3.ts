import { KeepfitError } from '@keepfit/callbacks';
import type { SavedTensor } from '@keepfit/callbacks/checkpoint';
import { formatValue } from '@keepfit/callbacks/internal';
import { collectWeights, type KerasWeight, type KerasWeights } from './collect-weights.js';
import { findConfigLayers } from './find-config-layers.js';
import type { Hdf5File } from './hdf5.js';
import { CELLS, getLayerName, type KerasLayer, type Part, STACKED } from './kinds.js';
import { createLayerError, findClass, isKnownClass, nameRoles, toSnakeCase } from './layer-roles.js';

/** Called after each layer that was read. */
export type Progress = (done: number, total: number) => void;

const MAX_DEPTH = 100;
/** Beside the weights of layers, and of no use elsewhere. */
const IGNORED = ['optimizer', 'seed_generator'];

/** Whether this is the layout of Keras 3. */
export async function isKeras3(file: Hdf5File): Promise<boolean> {
  return (await file.list('layers')) !== undefined;
}

/**
 * Reads weights in the layout of Keras 3: `layers/dense/vars/0`.
 *
 * @param config The configuration of the model as JSON, if the file has it.
 * @throws KEEPFIT_INVALID_DATA when tfjs-layers does not have one of the layers.
 */
export async function readKeras3(
  file: Hdf5File,
  config: string | undefined,
  progress: Progress,
): Promise<KerasWeights> {
  const arrays = await findArrays(file, '', 0);
  const layers =
    config === undefined ? await describeLayers(file, [...arrays.keys()]) : findConfigLayers(config);
  const isNamed = config !== undefined || (await hasNames(file, [...arrays.keys()]));
  const unread = new Set(arrays.keys());
  const weights: KerasWeight[] = [];
  for (const [index, layer] of layers.entries()) {
    const { place, className } = layer;
    if (className !== CELL && !isKnownClass(className)) {
      if ([...arrays.keys()].some((other) => other.startsWith(place)))
        throw createLayerError(
          getLayerName(layer),
          className === UNTOLD
            ? 'has a class that the file does not tell; give the .keras file of the model, which does'
            : `has the class ${className}, which tfjs-layers does not have`,
        );
      continue;
    }
    const named = isNamed ? layer : { ...layer, parts: [{ name: place.slice(0, -1) }] };
    weights.push(...(await readLayer(file, named, arrays.get(place) ?? [])));
    unread.delete(place);
    progress(index + 1, layers.length);
  }
  for (const place of unread)
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `the file holds the weights ${formatValue(`${place}vars`)}, of which the model knows nothing; tfjs-layers does not have them`,
    );
  return collectWeights(weights, config !== undefined ? 'order' : isNamed ? 'places' : 'only places');
}

async function readLayer(
  file: Hdf5File,
  layer: KerasLayer,
  names: readonly string[],
): Promise<KerasWeight[]> {
  const { className, config, parts, place } = layer;
  if (names.some((name, index) => name !== `${index}`))
    throw createLayerError(
      getLayerName(layer),
      `has weights with the numbers ${names.map((name) => formatValue(name)).join(', ')}, so some are missing; ` +
        'save all weights in one file',
    );
  const tensors: SavedTensor[] = [];
  for (const name of names) tensors.push(await file.readArray(`${place}vars/${name}`, getLayerName(layer)));
  const shapes = tensors.map(({ shape }) => shape);
  const known = className === CELL ? findCell(shapes) : className;
  const roles = nameRoles(getLayerName(layer), known, config, shapes);
  return tensors.map((tensor, index) => ({
    parts,
    role: roles[index] as string,
    place: `${place}vars/${names[index]}`,
    tensor,
  }));
}

/** Finds the names of the arrays in each group `…/vars`, by the path before `vars`. */
async function findArrays(file: Hdf5File, place: string, depth: number): Promise<Map<string, string[]>> {
  if (depth > MAX_DEPTH)
    throw new KeepfitError(
      'KEEPFIT_CHECKPOINT_CORRUPT',
      `the file has more than ${MAX_DEPTH} groups in each other`,
    );
  const found = new Map<string, string[]>();
  const children = (await file.list(place.slice(0, -1))) ?? [];
  for (const child of children) {
    if (IGNORED.includes(child)) continue;
    if (child === 'vars') {
      const names = (await file.list(`${place}vars`)) ?? [];
      if (names.length > 0)
        found.set(
          place,
          [...names].sort((a, b) => Number(a) - Number(b)),
        );
    } else
      for (const [inner, names] of await findArrays(file, `${place}${child}/`, depth + 1))
        found.set(inner, names);
  }
  return found;
}

/** The class of a cell that only its shapes tell. */
const CELL = 'cell';
/** The class of a layer in a wrapper that nothing tells. */
const UNTOLD = 'untold';

/** A row of the recurrent kernel has a part for each gate: 1, 3 or 4. */
function findCell(shapes: readonly (readonly number[])[]): string {
  const [units = 0, columns = 0] = shapes[1] ?? [];
  const cells: Readonly<Record<number, string>> = { 1: 'SimpleRNNCell', 3: 'GRUCell', 4: 'LSTMCell' };
  return shapes[1]?.length === 4 ? 'ConvLSTM2DCell' : (cells[columns / units] ?? 'recurrent cell');
}

/** Keras 2 and early versions of Keras 3 put no names into files of weights. */
async function hasNames(file: Hdf5File, places: readonly string[]): Promise<boolean> {
  for (const place of places)
    if (typeof (await file.getAttribute(`${place}vars`, 'name')) !== 'string') return false;
  return true;
}

async function describeLayers(file: Hdf5File, places: readonly string[]): Promise<KerasLayer[]> {
  const layers: KerasLayer[] = [];
  for (const place of places) layers.push(await describeLayer(file, place));
  return layers;
}

/** Describes a layer of a file without a configuration, by its place and the names that Keras adds. */
async function describeLayer(file: Hdf5File, place: string): Promise<KerasLayer> {
  const getName = async (path: string) => {
    const name = await file.getAttribute(`${path}vars`, 'name');
    return typeof name === 'string' ? name : undefined;
  };
  const root = await getName('');
  const parts: Part[] = /^sequential(_\d+)?$/.test(root ?? '')
    ? [{ name: root as string, kind: 'sequential' }]
    : [{ name: root ?? 'model', kind: 'functional' }];
  let className = '';
  let path = '';
  const steps = place.split('/').slice(0, -1);
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at] as string;
    path += `${step}/`;
    if (step === 'layers' || step === 'cells') {
      const key = steps[++at] ?? '';
      path += `${key}/`;
      const base = key.replace(/_\d+$/, '');
      const kind = base === 'sequential' || base === 'functional' ? base : undefined;
      className = findClass(base) ?? base;
      parts.push({
        name: (await getName(path)) ?? key,
        ...(kind !== undefined && steps[at + 1] === 'layers' && { kind }),
      });
    } else if (step === 'cell') {
      const usual = steps[at + 1] === 'cells' ? STACKED : findCellName(className);
      const name = (await getName(path)) ?? usual;
      className = CELL;
      parts.push({ name });
    } else if (step === 'layer' || step === 'forward_layer' || step === 'backward_layer') {
      const name = (await getName(path)) ?? step;
      className = findClass(name.replace(/_\d+$/, '')) ?? UNTOLD;
      parts.push({ name });
    } else
      throw createLayerError(
        getLayerName({ className, parts, place }),
        `has the class ${className}, which tfjs-layers does not have`,
      );
  }
  return { className, parts, place };
}

/** Files of early versions of Keras 3 have no names. */
function findCellName(layerClass: string): string {
  const [, cell] = Object.entries(CELLS).find(([name]) => toSnakeCase(name) === layerClass) ?? [];
  return cell?.name ?? 'cell';
}
