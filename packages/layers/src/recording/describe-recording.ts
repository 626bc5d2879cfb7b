import type { ModelRecording } from '@keepfit/fit';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { collectInnerLayers } from '../inner-layers.js';
import { findRefusal } from './find-refusal.js';
import { watchFields } from './watch-fields.js';

type Layer = LayersModel['layers'][number];

/** Describes what a recorded step relies on in a model of tfjs-layers. Call it between steps. */
export function describeRecording(model: LayersModel): ModelRecording {
  const layers = collectAll(model);
  return {
    refusal: findRefusal(layers),
    noise: [...layers].flatMap(describeNoise),
    findChange: watchFields(layers),
  };
}

/** A sequential model computes with a functional model that it makes of its layers. */
function collectAll(model: LayersModel): ReadonlySet<Layer> {
  const layers = [...collectInnerLayers(model)];
  return new Set(
    layers.flatMap((layer) => {
      const { model: inner } = layer as Layer & { readonly model?: LayersModel };
      return inner === undefined || inner === null ? [layer] : [layer, inner];
    }),
  );
}

/** With exactly the numbers that the layer gives to tfjs. */
function describeNoise(layer: Layer): ModelRecording['noise'] {
  const { stddev = 1, rate } = layer as Layer & { readonly stddev?: number; readonly rate?: number };
  switch (layer.getClassName()) {
    case 'GaussianNoise':
      return [{ mean: 0, stdDev: stddev }];
    case 'GaussianDropout':
      return rate !== undefined && rate > 0 && rate < 1
        ? [{ mean: 1, stdDev: Math.sqrt(rate / (1 - rate)) }]
        : [];
    default:
      return [];
  }
}
