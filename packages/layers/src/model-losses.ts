import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { computeActivityLoss, listActivityRegularizers } from './activity-regularizer.js';
import { collectInnerLayers } from './inner-layers.js';
import { listPrototypes } from './list-prototypes.js';
import { overrideField } from './override-field.js';

type Layer = LayersModel['layers'][number];
type LayerWeight = Layer['weights'][number];

/** What `addLoss` takes: a function, or a tensor as in Keras. */
type AddedLoss = (() => tf.Tensor) | tf.Tensor;

/** The private part of a layer that holds what `addLoss` was given outside of a call. */
interface WithLosses {
  readonly _losses?: readonly AddedLoss[];
}

/** The losses that the layers of a model add to that of its outputs. */
export interface ModelLosses {
  /**
   * Runs a forward pass, and computes the losses that depend on it: those of `addLoss` in a call, and those of
   * activity regularizers. The caller tidies them.
   */
  during<T>(forward: () => T): T;
  /** The losses of the last forward pass, and those of the weights. */
  list(): tf.Scalar[];
}

/**
 * Finds the losses of all layers: of nested models, wrappers and cells too. As in Keras, each weight is
 * regularized once, also if its layer is shared, and only while it is trained. tfjs counts a shared layer
 * several times, and leaves out recurrent cells.
 */
export function findModelLosses(model: LayersModel): ModelLosses {
  const layers = [...collectInnerLayers(model)];
  const addingInCalls = new WeakSet<Layer>();
  const listKept = createKeptLosses(model, layers, addingInCalls);
  let ofForward: readonly tf.Scalar[] = [];
  return {
    during(forward) {
      const kept: tf.Scalar[] = [];
      const undo = layers.flatMap((layer) => {
        // Kept, because the tidy of a layer would free it. A clone, because the tensor may be the layer's own.
        const add = (value: tf.Tensor): void => void kept.push(tf.keep(toScalar(layer, value).clone()));
        return [watchAddLoss(layer, addingInCalls, add), ...watchActivity(layer, add)];
      });
      try {
        const result = forward();
        ofForward = kept.map((loss) => loss.clone());
        return result;
      } finally {
        for (const step of undo.reverse()) step();
        tf.dispose(kept);
      }
    },
    list: () => [...listKept(), ...ofForward],
  };
}

/**
 * Returns a function that lists the values of the losses that the layers keep from one call to the next, such as
 * regularizers of weights.
 *
 * @param addingInCalls Layers that add losses in each call: what they keep from before is of earlier calls.
 */
function createKeptLosses(
  model: LayersModel,
  layers: readonly Layer[],
  addingInCalls: WeakSet<Layer>,
): () => tf.Scalar[] {
  /** The weights that a loss reads. */
  const weightsOf = new WeakMap<() => tf.Tensor, ReadonlySet<LayerWeight>>();
  /** The value of a loss that counts now. */
  const compute = (
    layer: Layer,
    loss: AddedLoss,
    trained: ReadonlySet<LayerWeight>,
  ): tf.Tensor | undefined => {
    const isOld = addingInCalls.has(layer);
    if (typeof loss !== 'function') return isOld ? undefined : loss;
    const counts = (read: ReadonlySet<LayerWeight>) =>
      read.size === 0 ? !isOld : [...read].some((weight) => trained.has(weight));
    const known = weightsOf.get(loss);
    if (known !== undefined) return counts(known) ? loss() : undefined;
    const { value, read } = isOld ? watchIfAlive(loss, model.weights) : watch(loss, model.weights);
    weightsOf.set(loss, read);
    return counts(read) ? value : undefined;
  };
  return () => {
    const trained = new Set(model.trainableWeights);
    return layers.flatMap((layer) => {
      if (overridesLosses(layer)) return layer.calculateLosses();
      const { _losses = [] } = layer as unknown as WithLosses;
      return _losses.flatMap((loss) => {
        const value = compute(layer, loss, trained);
        return value === undefined ? [] : [toScalar(layer, value)];
      });
    });
  };
}

/** Reports what a layer gives to `addLoss` in its calls, instead of keeping it. Returns what undoes it. */
function watchAddLoss(
  layer: Layer,
  addingInCalls: WeakSet<Layer>,
  report: (loss: tf.Tensor) => void,
): () => void {
  const { addLoss } = layer;
  return overrideField(layer, 'addLoss', (losses: AddedLoss | readonly AddedLoss[]) => {
    // A layer that is only now built adds the regularizers of its weights.
    if (!layer.built) return addLoss.call(layer, losses as never);
    addingInCalls.add(layer);
    for (const loss of [losses].flat() as AddedLoss[]) report(typeof loss === 'function' ? loss() : loss);
  });
}

/** Reports the activity losses of a layer's calls. tfjs throws if it sees the regularizer. */
function watchActivity(layer: Layer, report: (loss: tf.Tensor) => void): (() => void)[] {
  const regularizers = listActivityRegularizers(layer);
  if (regularizers.length === 0) return [];
  const call = layer.call.bind(layer);
  const watched = (...args: Parameters<Layer['call']>): tf.Tensor | tf.Tensor[] => {
    const outputs = call(...args);
    for (const output of [outputs].flat())
      for (const regularizer of regularizers) report(tf.tidy(() => computeActivityLoss(regularizer, output)));
    return outputs;
  };
  return [overrideField(layer, 'activityRegularizer', null), overrideField(layer, 'call', watched)];
}

/** Whether a class of the user's computes the losses itself, instead of with `addLoss`. */
function overridesLosses(layer: Layer): boolean {
  // The last one that has it is tfjs' own class.
  const bases = listPrototypes(layer).filter((object) => Object.hasOwn(object, 'calculateLosses'));
  return layer.calculateLosses !== (bases.at(-1) as Layer).calculateLosses && !('layers' in layer);
}

interface Watched {
  readonly value: tf.Tensor | undefined;
  readonly read: ReadonlySet<LayerWeight>;
}

/** Computes a loss, and finds the weights that it reads. */
function watch(loss: () => tf.Tensor, weights: readonly LayerWeight[]): Watched {
  const read = new Set<LayerWeight>();
  const undo = weights.map((weight) => {
    const original = weight.read.bind(weight);
    return overrideField(weight, 'read', () => {
      read.add(weight);
      return original();
    });
  });
  try {
    return { value: loss(), read };
  } finally {
    for (const step of undo) step();
  }
}

/** The same for a loss that may be of an earlier call, whose tensors are gone. */
function watchIfAlive(loss: () => tf.Tensor, weights: readonly LayerWeight[]): Watched {
  try {
    return watch(loss, weights);
  } catch {
    return { value: undefined, read: new Set() };
  }
}

/** As in Keras, several values are added up. */
function toScalar(layer: Layer, value: unknown): tf.Scalar {
  if (!(value instanceof tf.Tensor)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `addLoss of layer ${formatValue(layer.name)} was given ${formatValue(value)}; give it a function that returns a tensor, or a tensor`,
    );
  }
  if (value.rank === 0 && value.dtype === 'float32') return value as tf.Scalar;
  return tf.tidy(() => tf.sum(tf.cast(value, 'float32'))) as tf.Scalar;
}
