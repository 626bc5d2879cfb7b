import type { LayersModel } from '@tensorflow/tfjs-layers';

type Layer = LayersModel['layers'][number];

/** A layer with others in it: a model, or a wrapper. */
type Around = Layer & { readonly layers?: readonly Layer[] } & Partial<
    Record<'layer' | 'forwardLayer' | 'backwardLayer', Layer>
  >;

/** The layers of a model with those inside of them, each once. */
export function allLayers(model: LayersModel): Set<Layer> {
  const found = new Set<Layer>();
  const visit = (layer: Layer): void => {
    if (found.has(layer)) return;
    found.add(layer);
    const { layers = [], layer: wrapped, forwardLayer, backwardLayer } = layer as Around;
    for (const inner of [...layers, wrapped, forwardLayer, backwardLayer])
      if (inner !== undefined) visit(inner);
  };
  for (const layer of model.layers) visit(layer);
  return found;
}
