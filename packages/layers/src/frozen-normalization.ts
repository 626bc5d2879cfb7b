import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { listInnerLayers } from './inner-layers.js';
import { listPrototypes } from './list-prototypes.js';
import { overrideField } from './override-field.js';

type Layer = LayersModel['layers'][number];

/** A layer of batch normalization, and all that contains it: wrappers, nested models, the model itself. */
interface Normalization {
  readonly layer: Layer;
  readonly containers: ReadonlySet<Layer>;
}

/** The batch normalization of a model. */
export interface Normalizations {
  /** The layers that are frozen now, themselves or by something that contains them. */
  frozen(): Layer[];
  /**
   * Runs a forward pass of training in which the frozen layers are in inference mode, as in Keras: they use
   * their moving statistics and do not update them. The layers are the same afterwards. Synchronous.
   */
  inTraining<T>(forward: () => T): T;
  /** The moving averages of all layers. */
  listAverages(): Set<Layer['weights'][number]>;
}

/** Finds the layers of batch normalization in a model, in wrappers, nested models and layers of your own too. */
export function findNormalizations(model: LayersModel): Normalizations {
  const found = collectNormalizations(model);
  const frozen = () => found.filter(isFrozen).map(({ layer }) => layer);
  return {
    frozen,
    inTraining(forward) {
      const undo = frozen().map(holdInInference);
      try {
        return forward();
      } finally {
        for (const release of undo.reverse()) release();
      }
    },
    listAverages: () =>
      new Set(
        found.flatMap(({ layer }) => {
          const { movingMean, movingVariance } = layer as Layer & NormalizationFields;
          return [movingMean, movingVariance].filter((weight) => weight !== undefined);
        }),
      ),
  };
}

/**
 * Keras sets `trainable` of a container on all it contains. tfjs sets it on the container itself and on the
 * weights of its layers, so that a model which shares the layers sees it only in the weights.
 */
function isFrozen({ layer, containers }: Normalization): boolean {
  if (!layer.trainable || [...containers].some(({ trainable }) => !trainable)) return true;
  const { _trainableWeights: own } = layer as Layer & { readonly _trainableWeights: Layer['weights'] };
  return own.length > 0 && own.every(({ trainable }) => !trainable);
}

/** The part of a layer of batch normalization that tfjs-layers does not declare. */
interface NormalizationFields {
  readonly scale?: boolean;
  readonly center?: boolean;
  readonly movingMean?: Layer['weights'][number];
  readonly movingVariance?: Layer['weights'][number];
}

/** Takes `training` away from the calls of a layer. Returns what undoes it. */
function holdInInference(layer: Layer): () => void {
  const call = layer.call.bind(layer);
  const { scale, center, movingMean } = layer as Layer & NormalizationFields;
  const constant = (make: (like: tf.Tensor) => tf.Tensor) => ({
    read: () => movingMean && make(movingMean.read()),
  });
  const infer = (inputs: tf.Tensor, context: object) => call(inputs, { ...context, training: false });
  // Without a scale or an offset, tfjs' batchNorm throws in the backward pass.
  const fields = {
    call: infer,
    ...(scale === false && { scale: true, gamma: constant(tf.onesLike) }),
    ...(center === false && { center: true, beta: constant(tf.zerosLike) }),
  };
  const undo = Object.entries(fields).map(([key, value]) => overrideField(layer, key, value));
  return () => undo.forEach((step) => step());
}

function collectNormalizations(model: LayersModel): Normalization[] {
  const containersOf = new Map<Layer, Set<Layer>>();
  const visit = (layer: Layer, path: readonly Layer[]): void => {
    // A layer may have itself among its fields.
    if (path.includes(layer)) return;
    const containers = containersOf.get(layer) ?? new Set();
    const isKnown = containersOf.has(layer) && path.every((container) => containers.has(container));
    for (const container of path) containers.add(container);
    containersOf.set(layer, containers);
    if (!isKnown) for (const inner of listInnerLayers(layer)) visit(inner, [...path, layer]);
  };
  visit(model, []);
  return [...containersOf]
    .filter(([layer]) => isBatchNormalization(layer))
    .map(([layer, containers]) => ({ layer, containers }));
}

/** Whether it is the layer of tfjs or of a subclass, whose class has another name. */
function isBatchNormalization(layer: Layer): boolean {
  return listPrototypes(layer).some(
    ({ constructor }) => (constructor as { className?: unknown }).className === 'BatchNormalization',
  );
}
