import type { NamedState } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { collectLayers } from './collect-layers.js';
import { createNamer, findUnusedName } from './create-namer.js';

/** The private part of a stateful recurrent layer of tfjs-layers. */
interface Recurrent {
  readonly states_: tf.Tensor[];
  /** The states of all steps so far, kept for the gradients of the last step. */
  keptStates?: tf.Tensor[][];
}

/** State that a model of layers keeps beside its weights. */
export interface LayerStates {
  readonly states: readonly NamedState[];
  /** Releases the states of earlier steps, which tfjs-layers keeps. Call it before each step. */
  releaseKept(): void;
}

/**
 * Finds the state that the layers of a model keep from batch to batch outside their weights: the states of
 * stateful recurrent layers, and the count that seeded random layers add to their seed. It also looks into
 * wrappers and nested models.
 */
export function findLayerStates(model: LayersModel): LayerStates {
  const layers = collectLayers(model);
  const toStableName = createNamer([...layers].map(({ name }) => name));
  const used = new Set<string>();
  const states: NamedState[] = [];
  const recurrent: Recurrent[] = [];
  for (const layer of layers) {
    const name = findUnusedName(toStableName(layer.name), used);
    used.add(name);
    if (isRecurrent(layer)) {
      recurrent.push(layer);
      states.push(...layer.states_.map((_, index) => createRecurrentState(layer, index, `${name}/${index}`)));
    }
    const generator = getGenerator(layer);
    if (generator !== undefined) states.push(createSeedState(generator, `${name}/seed`));
  }
  return { states, releaseKept: () => recurrent.forEach(releaseKept) };
}

function createRecurrentState(layer: Recurrent, index: number, name: string): NamedState {
  return {
    name,
    read: () => share(layer.states_[index] as tf.Tensor),
    write: (values) => {
      layer.states_[index]?.dispose();
      layer.states_[index] = tf.keep(share(values));
    },
  };
}

/** The seed is a double, saved as two integers that hold its eight bytes. */
function createSeedState(generator: { seed: number }, name: string): NamedState {
  return {
    name,
    read: () => tf.tensor1d(new Int32Array(Float64Array.of(generator.seed).buffer), 'int32'),
    write: (values) => {
      // Made from bytes on the host and used by no kernel, so this read waits for no GPU.
      generator.seed = new Float64Array(Int32Array.from(values.dataSync()).buffer)[0] ?? NaN;
    },
  };
}

function releaseKept(layer: Recurrent): void {
  tf.dispose(layer.keptStates ?? []);
  layer.keptStates = [];
}

/** Returns a tensor that shares the values. */
function share(tensor: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.reshape(tensor, tensor.shape));
}

function isRecurrent(layer: object): layer is Recurrent {
  const { states_, stateful } = layer as Partial<Recurrent> & { stateful?: boolean };
  return stateful === true && Array.isArray(states_);
}

function getGenerator(layer: object): { seed: number } | undefined {
  const { randomGenerator } = layer as { randomGenerator?: { seed?: number } };
  return typeof randomGenerator?.seed === 'number' ? (randomGenerator as { seed: number }) : undefined;
}
