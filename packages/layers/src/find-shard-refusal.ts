import type { LayersModel } from '@tensorflow/tfjs-layers';
import { collectInnerLayers } from './inner-layers.js';
import { findMaskKeeper } from './recording/find-refusal.js';
import { nameLayer } from './recording/name-layer.js';

/** What tfjs-layers keeps in a layer that draws random numbers otherwise than from `Math.random`. */
interface RandomFields {
  readonly seed?: number | null;
  readonly randomGenerator?: object;
}

/** Why a model cannot be computed in shards: a layer would draw the same random numbers in each. */
export function findShardRefusal(model: LayersModel): string | undefined {
  for (const layer of collectInnerLayers(model)) {
    const { seed, randomGenerator } = layer as RandomFields;
    const name = nameLayer(layer);
    if (randomGenerator !== undefined) return `${name} draws from a generator of its own in each step`;
    if (seed !== undefined && seed !== null)
      return `${name} has a seed of its own, so all shards would draw the same numbers; leave its seed out, and give fit a seed`;
    const keeper = findMaskKeeper(layer);
    if (keeper !== undefined)
      return `the cell "${keeper}" of ${name} keeps its dropout mask, which all shards would share`;
  }
  return undefined;
}
