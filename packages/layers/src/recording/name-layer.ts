import type { LayersModel } from '@tensorflow/tfjs-layers';

/** A layer as messages name it: `the layer "dropout"`. */
export function nameLayer(layer: LayersModel['layers'][number]): string {
  return `the ${isModel(layer) ? 'model' : 'layer'} "${layer.name}"`;
}

export function isModel(object: object): object is LayersModel {
  return Array.isArray((object as Partial<LayersModel>).layers);
}
