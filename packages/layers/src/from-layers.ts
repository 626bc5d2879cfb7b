import { KeepfitError, type StateRecord, type StateValue } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import type { Model, NamedWeight } from '@keepfit/fit';
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers as layersNamespace, Sequential } from '@tensorflow/tfjs-layers';
import { findNormalizations } from './frozen-normalization.js';
import { findLayerStates } from './layer-states.js';
import { describeActivityRegularizer, listActivityRegularizers } from './activity-regularizer.js';
import { collectInnerLayers } from './inner-layers.js';
import { findConvolutions } from './fused-convolutions.js';
import { findModelLosses } from './model-losses.js';
import { hasMasks, computeOutputMasks } from './output-masks.js';
import { collectLayers } from './collect-layers.js';
import { createNamer, findUnusedName, listDistinctNames } from './create-namer.js';
import { findShardRefusal } from './find-shard-refusal.js';
import { findKernelUser } from './find-kernel-user.js';
import { describeRecording } from './recording/describe-recording.js';
import { describeSource } from './describe-source.js';

type Layer = ReturnType<typeof layersNamespace.dense>;
type LayerWeight = Layer['weights'][number];

/**
 * Turns a tfjs-layers model, `tf.sequential` or `tf.model`, into a model of `@keepfit/fit`. It stays the same
 * model: its weights are shared, not copied, and you can train, save and use it as before.
 *
 * Weights are named by their layers, which are named as in a fresh Keras session: `conv2d/kernel`,
 * `dense_1/bias`.
 *
 * @throws KEEPFIT_INVALID_DATA when the model is not built yet and cannot be built.
 * @throws KEEPFIT_INVALID_OPTION when it is no tfjs-layers model.
 */
export function fromLayers(model: LayersModel): Model {
  checkIsLayersModel(model);
  buildIfNeeded(model);
  const toStableName = createNamer([...collectLayers(model)].map(({ name }) => name));
  const named = nameWeights(model, toStableName);
  const { states, releaseKept } = findLayerStates(model);
  const normalizations = findNormalizations(model);
  const averages = normalizations.listAverages();
  const withFusedConvolutions = findConvolutions(model);
  const losses = findModelLosses(model);
  const config = replaceNames(JSON.parse(JSON.stringify(model.getConfig())) as StateValue, toStableName);
  return {
    get weights() {
      return listWeights(model, named, averages);
    },
    states,
    call: (inputs, { training }) => {
      releaseKept();
      const forward = () => model.apply(inputs, { training }) as tf.Tensor | tf.Tensor[];
      return losses.during(() =>
        training ? normalizations.inTraining(() => withFusedConvolutions(forward)) : forward(),
      );
    },
    ...(hasMasks(model) && { masks: (inputs: tf.Tensor | tf.Tensor[]) => computeOutputMasks(model, inputs) }),
    losses: () => losses.list(),
    whereKernelIsNeeded: (kernel, inputs, { training }) =>
      losses.during(() => normalizations.inTraining(() => findKernelUser(model, kernel, inputs, training))),
    describeRecording: () => describeRecording(model),
    findShardRefusal: () => findShardRefusal(model),
    describeSource: () => describeSource(model),
    // Users give data by the names they see; these names are not saved.
    inputNames: model.inputNames,
    outputAliases: listDistinctNames(model.outputNames),
    // Log keys begin with these, and are the same in every process.
    outputNames: listDistinctNames(model.outputNames.map(toStableName)),
    get stopTraining() {
      return model.stopTraining;
    },
    set stopTraining(stop) {
      model.stopTraining = stop;
    },
    get config() {
      const frozen = normalizations.frozen().map(({ name }) => toStableName(name));
      return withActivity(withFrozen(config, frozen), model, toStableName);
    },
  };
}

/** @throws KEEPFIT_INVALID_OPTION when it is no tfjs-layers model. */
export function checkIsLayersModel(model: LayersModel): void {
  const { layers, apply } = (model ?? {}) as Partial<LayersModel>;
  if (Array.isArray(layers) && typeof apply === 'function') return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `the model must be a tfjs-layers model, such as tf.sequential() makes, not ${formatValue(model)}; ` +
      'await it if it is a promise, and train a model of your own with Trainer',
  );
}

/** The flags of weights do not tell of normalization that has no weights to train. */
function withFrozen(config: StateValue, frozen: readonly string[]): StateValue {
  return frozen.length === 0 ? config : { ...(config as StateRecord), frozenBatchNormalization: frozen };
}

/** tfjs' configuration lacks what `regularizeActivity` set, and was read before it may have been called. */
function withActivity(
  config: StateValue,
  model: LayersModel,
  toStableName: (name: string) => string,
): StateValue {
  const described = [...collectInnerLayers(model)].flatMap((layer) =>
    listActivityRegularizers(layer).map(
      (regularizer) => [toStableName(layer.name), describeActivityRegularizer(regularizer)] as const,
    ),
  );
  return described.length === 0
    ? config
    : { ...(config as StateRecord), activityRegularizers: described.map((entry) => [...entry]) };
}

/**
 * Builds a model that is not built. tfjs builds a sequential model when it is compiled; keepfit does not need
 * it compiled.
 *
 * @throws KEEPFIT_INVALID_DATA when it cannot be built.
 */
export function buildIfNeeded(model: LayersModel): void {
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

function nameWeights(model: LayersModel, toStableName: (name: string) => string): Map<LayerWeight, string> {
  const names = new Map<LayerWeight, string>();
  const used = new Set<string>();
  for (const layer of model.layers) {
    for (const weight of layer.weights) {
      if (names.has(weight)) continue;
      // The last part names the kind: kernel, bias, moving_mean. Wrapped layers repeat it, so their weights
      // get numbers.
      const name = findUnusedName(`${toStableName(layer.name)}/${getLastPart(weight.originalName)}`, used);
      used.add(name);
      names.set(weight, name);
    }
  }
  return names;
}

function listWeights(
  model: LayersModel,
  names: ReadonlyMap<LayerWeight, string>,
  averages: ReadonlySet<LayerWeight>,
): NamedWeight[] {
  const trainable = new Set(model.trainableWeights);
  return [...names].map(([weight, name]) => {
    const { constraint } = weight;
    return {
      name,
      variable: getVariable(weight),
      trainable: trainable.has(weight),
      ...(constraint != null && { constraint: (value: tf.Tensor) => constraint.apply(value) }),
      ...(averages.has(weight) && { merge: 'mean' }),
    };
  });
}

function replaceNames(value: StateValue, toStableName: (name: string) => string): StateValue {
  if (typeof value === 'string') return /\d(_input)?$/.test(value) ? toStableName(value) : value;
  if (Array.isArray(value))
    return (value as readonly StateValue[]).map((item) => replaceNames(item, toStableName));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, replaceNames(item as StateValue, toStableName)]),
  );
}

function getLastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/**
 * Gets the tfjs variable of a weight. tfjs-layers declares it protected; it is a plain property of the
 * object.
 */
export function getVariable(weight: LayerWeight): tf.Variable {
  return (weight as unknown as { val: tf.Variable }).val;
}
