import type { NamedState } from '@keepfit/fit';
import { dispose, keep, reshape, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { allLayers } from './all-layers.js';
import { stableNames, unused } from './stable-names.js';

/** What tfjs-layers keeps private of a stateful recurrent layer. */
interface Recurrent {
  readonly states_: Tensor[];
  /** The states of all steps so far, held for the gradients of the last one. */
  keptStates?: Tensor[][];
}

/** What a model of layers remembers beside its weights. */
export interface LayerStates {
  readonly states: readonly NamedState[];
  /** tfjs-layers keeps the old states of every step. Call it before a step: those of earlier steps are let go. */
  releaseKept(): void;
}

/**
 * Finds what the layers of a model remember from batch to batch and no weight holds: the states of stateful recurrent layers, and the
 * count that seeded random layers add to their seed. Layers within wrappers and nested models are found too.
 */
export function layerStates(model: LayersModel): LayerStates {
  const stableName = stableNames();
  const used = new Set<string>();
  const states: NamedState[] = [];
  const recurrent: Recurrent[] = [];
  for (const layer of allLayers(model)) {
    const name = unused(stableName(layer.name), used);
    used.add(name);
    if (isRecurrent(layer)) {
      recurrent.push(layer);
      states.push(...layer.states_.map((_, index) => recurrentState(layer, index, `${name}/${index}`)));
    }
    const generator = generatorOf(layer);
    if (generator !== undefined) states.push(seedState(generator, `${name}/seed`));
  }
  return { states, releaseKept: () => recurrent.forEach(releaseKept) };
}

function recurrentState(layer: Recurrent, index: number, name: string): NamedState {
  return {
    name,
    read: () => share(layer.states_[index] as Tensor),
    write: (values) => {
      layer.states_[index]?.dispose();
      layer.states_[index] = keep(share(values));
    },
  };
}

/** The seed is a double: its eight bytes go as two integers. */
function seedState(generator: { seed: number }, name: string): NamedState {
  return {
    name,
    read: () => tensor1d(new Int32Array(Float64Array.of(generator.seed).buffer), 'int32'),
    write: (values) => {
      // Read on the host, where it was made from bytes: no kernel has used it, so that no GPU is waited for.
      generator.seed = new Float64Array(Int32Array.from(values.dataSync()).buffer)[0] ?? NaN;
    },
  };
}

function releaseKept(layer: Recurrent): void {
  dispose(layer.keptStates ?? []);
  layer.keptStates = [];
}

/** The same values at no copy. */
function share(tensor: Tensor): Tensor {
  return tidy(() => reshape(tensor, tensor.shape));
}

function isRecurrent(layer: object): layer is Recurrent {
  const { states_, stateful } = layer as Partial<Recurrent> & { stateful?: boolean };
  return stateful === true && Array.isArray(states_);
}

function generatorOf(layer: object): { seed: number } | undefined {
  const { randomGenerator } = layer as { randomGenerator?: { seed?: number } };
  return typeof randomGenerator?.seed === 'number' ? (randomGenerator as { seed: number }) : undefined;
}
