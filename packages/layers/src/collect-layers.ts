import type { LayersModel } from '@tensorflow/tfjs-layers';

type Layer = LayersModel['layers'][number];

/** A layer that contains others: a model or a wrapper. */
type Container = Layer & { readonly layers?: readonly Layer[] } & Partial<
    Record<'layer' | 'forwardLayer' | 'backwardLayer', Layer>
  >;

/** Collects the layers of a model and the layers inside them, each once. */
export function collectLayers(model: LayersModel): Set<Layer> {
  const found = new Set<Layer>();
  const visit = (layer: Layer): void => {
    if (found.has(layer)) return;
    found.add(layer);
    const { layers = [], layer: wrapped, forwardLayer, backwardLayer } = layer as Container;
    for (const inner of [...layers, wrapped, forwardLayer, backwardLayer])
      if (inner !== undefined) visit(inner);
  };
  for (const layer of model.layers) visit(layer);
  return found;
}
