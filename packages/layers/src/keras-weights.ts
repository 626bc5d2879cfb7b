import { KeepfitError } from '@keepfit/callbacks';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type * as tf from '@tensorflow/tfjs-core';
import { createNamer } from './create-namer.js';
import { getVariable } from './from-layers.js';

type Layer = LayersModel['layers'][number];

/** A weight of a tfjs-layers model, as Keras knows it. */
export interface KerasWeight {
  /**
   * Its `path` in a fresh session of Keras 3: `sequential/dense/kernel`. If this does not tell two weights
   * apart, it is the qualified path.
   */
  readonly path: string;
  /** The path behind the names of the models around the layer: `dense/kernel`. */
  readonly leaf: string;
  /** The leaf behind the names of all models around the layer, except the outermost. */
  readonly qualified: string;
  /** Its place in a `.weights.h5` file of Keras 3: `layers/dense/vars/0`. */
  readonly place: string;
  /** The names in the leaf that the user gave, which no other name in a file can mean. */
  readonly given: readonly string[];
  readonly variable: tf.Variable;
}

/** A layer with weights of its own, and where Keras has it. */
interface FoundLayer {
  readonly layer: Layer;
  /** The models and wrappers around it, from the outermost, then itself. */
  readonly parts: readonly Part[];
  readonly place: string;
}

/** A part of a path: a fixed one, or the name of a layer, behind `forward_` if a wrapper made it. */
interface Part {
  readonly before: string;
  /** As tfjs-layers has it, with its count if the name is automatic. */
  readonly raw: string;
  /** Set for models. Keras puts only the names of Sequential models into paths. */
  readonly kind?: 'sequential' | 'functional';
}

/** The parts of tfjs-layers' layers that its types hide. */
type Inner = Layer & {
  readonly layers?: readonly Layer[];
  readonly layer?: Layer;
  readonly forwardLayer?: Layer;
  readonly backwardLayer?: Layer;
  readonly cell?: Layer & { readonly cells?: readonly Layer[] };
};

/** Keras' name of the cell that a recurrent layer makes for itself. */
const CELLS: Readonly<Record<string, string>> = {
  SimpleRNN: 'simple_rnn_cell',
  GRU: 'gru_cell',
  LSTM: 'lstm_cell',
  ConvLSTM2D: 'conv_lstm_cell',
};

/**
 * Lists the weights of a model by Keras' paths, in the order of Keras' `model.weights`. Automatic names are
 * numbered in the order in which the layers were made, as Keras numbers them in a fresh session.
 *
 * @throws KEEPFIT_INVALID_DATA when two weights have the same path.
 */
export function listKerasWeights(model: LayersModel): KerasWeight[] {
  const found = findLayers(model);
  const toName = createKerasNamer(found);
  const weights = found.flatMap(({ layer, parts, place }) => {
    const join = (some: readonly Part[]) =>
      some.map(({ before, raw }) => `${before}${toName(raw)}/`).join('');
    const models = parts.map(({ kind }) => kind !== undefined);
    // A model has built its weights before another one takes it in, so Keras' paths begin at the innermost.
    const begin = models.lastIndexOf(true);
    const own = parts.slice(begin + 1);
    const built = parts[begin]?.kind === 'sequential' ? parts.slice(begin) : own;
    const given = own.filter(({ raw }) => raw !== '' && toName(raw) === raw);
    return layer.weights.map((weight, index) => {
      const role = getRole(layer, weight.originalName);
      return {
        path: join(built) + role,
        leaf: join(own) + role,
        qualified: join(parts.slice(1)) + role,
        place: `${place}vars/${index}`,
        given: given.map(({ before, raw }) => before + raw),
        variable: getVariable(weight),
      };
    });
  });
  return choosePaths(weights);
}

function choosePaths(weights: readonly KerasWeight[]): KerasWeight[] {
  const counts = new Map<string, number>();
  for (const { path } of weights) counts.set(path, (counts.get(path) ?? 0) + 1);
  const used = new Set<string>();
  return weights.map((weight) => {
    const path = counts.get(weight.path) === 1 ? weight.path : weight.qualified;
    if (used.has(path))
      throw new KeepfitError(
        'KEEPFIT_INVALID_DATA',
        `two weights of the model have the path "${path}", and a file holds one; give the layers different names`,
      );
    used.add(path);
    return { ...weight, path };
  });
}

/** tfjs-layers and Keras 2 have another name for the kernel of this layer than Keras 3. */
function getRole(layer: Layer, name: string): string {
  const role = name.slice(name.lastIndexOf('/') + 1);
  return layer.getClassName() === 'DepthwiseConv2D' && role === 'depthwise_kernel' ? 'kernel' : role;
}

/** Finds the layers that have weights of their own, each once. */
function findLayers(model: LayersModel): FoundLayer[] {
  const found: FoundLayer[] = [];
  const visited = new Set<Layer>();
  const visit = (layer: Inner, { parts, place }: Omit<FoundLayer, 'layer'>, before = ''): void => {
    if (visited.has(layer)) return;
    visited.add(layer);
    const raw = layer.name.slice(before.length);
    if (layer.layers !== undefined) {
      const kind = layer.getClassName() === 'Sequential' ? 'sequential' : 'functional';
      const usePlace = createPlaces(`${place}layers/`);
      for (const child of layer.layers)
        visit(child, { parts: [...parts, { before, raw, kind }], place: usePlace(child) });
      return;
    }
    const own = [...parts, { before, raw }];
    const { forwardLayer, backwardLayer, layer: wrapped, cell } = layer;
    if (forwardLayer !== undefined && backwardLayer !== undefined) {
      visit(forwardLayer, { parts: own, place: `${place}forward_layer/` }, 'forward_');
      visit(backwardLayer, { parts: own, place: `${place}backward_layer/` }, 'backward_');
    } else if (wrapped !== undefined) visit(wrapped, { parts: own, place: `${place}layer/` });
    else if (cell !== undefined) visitCells(layer, cell, own, `${place}cell/`);
    else found.push({ layer, parts: own, place });
  };
  const visitCells = (
    layer: Layer,
    cell: NonNullable<Inner['cell']>,
    parts: readonly Part[],
    place: string,
  ) => {
    const fixed = CELLS[layer.getClassName()];
    if (fixed !== undefined)
      found.push({ layer: cell, place, parts: [...parts, { before: fixed, raw: '' }] });
    else if (cell.cells === undefined) visit(cell, { parts, place });
    else {
      const usePlace = createPlaces(`${place}cells/`);
      const stacked = [...parts, { before: '', raw: cell.name }];
      for (const one of cell.cells) visit(one, { parts: stacked, place: usePlace(one) });
    }
  };
  visit(model, { parts: [], place: '' });
  return found;
}

/** Keras numbers the layers of a model in its files by class: `layers/dense/`, `layers/dense_1/`. */
function createPlaces(folder: string): (layer: Layer) => string {
  const counts = new Map<string, number>();
  return (layer) => {
    const name = toSnakeCase(layer.getClassName() === 'Model' ? 'Functional' : layer.getClassName());
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return `${folder}${name}${count === 0 ? '' : `_${count}`}/`;
  };
}

/** As Keras makes the name of a layer from that of its class. */
function toSnakeCase(className: string): string {
  return className
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** Numbers automatic names in the order of the layers' making. */
function createKerasNamer(found: readonly FoundLayer[]): (name: string) => string {
  const raw = found.flatMap(({ parts }) => parts.map((part) => part.raw));
  const names = [...new Set(raw)].sort((a, b) => getCount(a) - getCount(b));
  const toStableName = createNamer(names);
  for (const name of names) toStableName(name);
  return (name) => toStableName(name).replace(/^conv_lst_m2d(?=_\d+$|$)/, 'conv_lstm2d');
}

function getCount(name: string): number {
  return Number(/\d+$/.exec(name)?.[0] ?? 0);
}
