import type { LayersModel } from '@tensorflow/tfjs-layers';

type Layer = LayersModel['layers'][number];

/** Collects the model and all layers inside it, each once: of nested models, wrappers, cells and fields. */
export function collectInnerLayers(model: LayersModel): Set<Layer> {
  const found = new Set<Layer>();
  const visit = (layer: Layer): void => {
    if (found.has(layer)) return;
    found.add(layer);
    listInnerLayers(layer).forEach(visit);
  };
  visit(model);
  return found;
}

/** The layers that a layer holds in its fields, also in lists, records and maps. */
export function listInnerLayers(layer: Layer): Layer[] {
  // A sequential model holds its layers, and again within a functional model that it makes of them.
  if (isContainer(layer)) return layer.layers;
  return Object.values(layer).flatMap((value) => findLayers(value, MAX_DEPTH));
}

/** Lists and records in fields are not deeper. */
const MAX_DEPTH = 4;

function findLayers(value: unknown, depth: number): Layer[] {
  if (isLayer(value)) return [value];
  if (depth === 0 || typeof value !== 'object' || value === null) return [];
  const isCollection = Array.isArray(value) || value instanceof Map || value instanceof Set;
  if (!isCollection && Object.getPrototypeOf(value) !== Object.prototype) return [];
  const items: unknown[] = isCollection ? [...value.values()] : Object.values(value);
  return items.flatMap((item) => findLayers(item, depth - 1));
}

function isContainer(layer: Layer): layer is LayersModel {
  return Array.isArray((layer as Partial<LayersModel>).layers) && isLayer((layer as LayersModel).layers[0]);
}

/** tfjs-layers may be in the program more than once, so that `instanceof` does not tell. */
function isLayer(value: unknown): value is Layer {
  const { call, apply, getClassName } = (value ?? {}) as Partial<Layer>;
  return [call, apply, getClassName].every((method) => typeof method === 'function');
}
