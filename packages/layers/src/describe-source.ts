import type { StateRecord } from '@keepfit/callbacks';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { collectInnerLayers } from './inner-layers.js';
import { findRefusal } from './recording/find-refusal.js';

/**
 * Describes a model, so that another thread can make it with `tf.models.modelFromJSON`: `{ layers: topology }`. A text
 * says which part of the model is not of tfjs-layers.
 */
export function describeSource(model: LayersModel): StateRecord | string {
  const refusal = findRefusal(collectInnerLayers(model));
  if (refusal !== undefined) return refusal;
  return { layers: JSON.parse(JSON.stringify(model.toJSON(undefined, false))) as StateRecord };
}
