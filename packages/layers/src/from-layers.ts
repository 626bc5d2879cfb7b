import { KeepfitError, type StateValue } from '@keepfit/callbacks';
import type { Model, NamedWeight } from '@keepfit/fit';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel, layers as layersNamespace, Sequential } from '@tensorflow/tfjs-layers';
import { layerStates } from './layer-states.js';
import { hasMasks, outputMasks } from './output-masks.js';
import { stableNames, unused } from './stable-names.js';
import { findKernelUser } from './find-kernel-user.js';

type Layer = ReturnType<typeof layersNamespace.dense>;
type LayerWeight = Layer['weights'][number];

/**
 * A tfjs-layers model, `tf.sequential` or `tf.model`, as a model of `@keepfit/fit`. It stays the same model: its weights are shared,
 * not copied, and it may be trained, saved and used as before.
 *
 * Weights are named by their layers' names as a fresh Keras session would give them: `conv2d/kernel`, `dense_1/bias`.
 *
 * @throws KEEPFIT_INVALID_DATA for a model that is not built yet and cannot be.
 */
export function fromLayers(model: LayersModel): Model {
  buildIfNeeded(model);
  const stableName = stableNames();
  const named = nameWeights(model, stableName);
  const { states, releaseKept } = layerStates(model);
  return {
    get weights() {
      return namedWeights(model, named);
    },
    states,
    call: (inputs, { training }) => {
      releaseKept();
      return model.apply(inputs, { training }) as Tensor | Tensor[];
    },
    ...(hasMasks(model) && { masks: (inputs: Tensor | Tensor[]) => outputMasks(model, inputs) }),
    losses: () => model.calculateLosses(),
    whereKernelIsNeeded: (kernel, inputs, { training }) => findKernelUser(model, kernel, inputs, training),
    // Data are given by the names that the user sees; nothing of these is saved.
    inputNames: model.inputNames,
    outputNames: model.outputNames.map(stableName),
    config: withStableNames(JSON.parse(JSON.stringify(model.getConfig())) as StateValue, stableName),
  };
}

/** A sequential model is built when it is compiled; a trainer of keepfit can do without that. */
function buildIfNeeded(model: LayersModel): void {
  if (model.built) return;
  try {
    (model as Sequential).build();
  } catch (cause) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      'the model cannot be built; give it layers, and the first of them an inputShape',
      { cause },
    );
  }
}

function nameWeights(model: LayersModel, stableName: (name: string) => string): Map<LayerWeight, string> {
  const names = new Map<LayerWeight, string>();
  const used = new Set<string>();
  for (const layer of model.layers) {
    for (const weight of layer.weights) {
      if (names.has(weight)) continue;
      // The last part says what it is: kernel, bias, moving_mean. Wrapped layers repeat it, and are numbered.
      const name = unused(`${stableName(layer.name)}/${lastPart(weight.originalName)}`, used);
      used.add(name);
      names.set(weight, name);
    }
  }
  return names;
}

function namedWeights(model: LayersModel, names: ReadonlyMap<LayerWeight, string>): NamedWeight[] {
  const trainable = new Set(model.trainableWeights);
  return [...names].map(([weight, name]) => {
    const { constraint } = weight;
    const variable = variableOf(weight);
    return constraint == null
      ? { name, variable, trainable: trainable.has(weight) }
      : {
          name,
          variable,
          trainable: trainable.has(weight),
          constraint: (value: Tensor) => constraint.apply(value),
        };
  });
}

function withStableNames(value: StateValue, stableName: (name: string) => string): StateValue {
  if (typeof value === 'string') return /\d(_input)?$/.test(value) ? stableName(value) : value;
  if (Array.isArray(value))
    return (value as readonly StateValue[]).map((item) => withStableNames(item, stableName));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withStableNames(item as StateValue, stableName)]),
  );
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** tfjs-layers keeps the tfjs variable of a weight protected; it is a plain property of the object. */
function variableOf(weight: LayerWeight): Variable {
  return (weight as unknown as { val: Variable }).val;
}
