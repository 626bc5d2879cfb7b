import { KeepfitError, type StateValue } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

type Layer = LayersModel['layers'][number];

/** A regularizer of tfjs-layers, such as `tf.regularizers.l2()`, or any object that computes a scalar. */
export interface ActivityRegularizer {
  apply(output: tf.Tensor): tf.Tensor;
  getClassName?(): string;
  getConfig?(): object;
}

/** A regularizer, or a function of an output that returns a scalar. */
export type ActivityRegularizerOption = ActivityRegularizer | ((output: tf.Tensor) => tf.Tensor);

// On the layers themselves, so that ESM and CJS copies of this package agree.
export const ACTIVITY_REGULARIZER = Symbol.for('keepfit.activityRegularizer');

interface Regularized {
  [ACTIVITY_REGULARIZER]?: ActivityRegularizerOption;
  activityRegularizer?: ActivityRegularizer | null;
}

/**
 * Regularizes the outputs of a layer, as Keras' `activity_regularizer` does. tfjs-layers throws if it is given as
 * an option of a layer, and ignores it in recurrent layers.
 *
 * ```ts
 * const hidden = tf.layers.dense({ units: 8, activation: 'relu' });
 * regularizeActivity(hidden, tf.regularizers.l2({ l2: 0.01 }));
 * ```
 *
 * What it returns for each call of the layer, divided by the batch size, is added to the loss in training,
 * validation and evaluation. tfjs does not save it with a model: call this again for a loaded one. `undefined`
 * takes it away.
 *
 * @throws KEEPFIT_INVALID_OPTION when it is no regularizer.
 */
export function regularizeActivity(layer: Layer, regularizer: ActivityRegularizerOption | undefined): void {
  if (regularizer !== undefined) checkRegularizer(regularizer, layer);
  Object.defineProperty(layer, ACTIVITY_REGULARIZER, {
    value: regularizer,
    configurable: true,
    writable: true,
  });
}

/** The regularizers of a layer's outputs: that of `regularizeActivity`, and that of the field of tfjs. */
export function listActivityRegularizers(layer: Layer): ActivityRegularizerOption[] {
  const { [ACTIVITY_REGULARIZER]: own, activityRegularizer: field } = layer as Regularized;
  if (field !== undefined && field !== null) checkRegularizer(field, layer);
  return [own, field].filter((regularizer) => regularizer !== undefined && regularizer !== null);
}

/**
 * The loss of an output, as in Keras: what the regularizer returns, divided by the batch size.
 */
export function computeActivityLoss(regularizer: ActivityRegularizerOption, output: tf.Tensor): tf.Tensor {
  const loss = typeof regularizer === 'function' ? regularizer(output) : regularizer.apply(output);
  return output.rank === 0 ? loss : tf.divNoNan(loss, output.shape[0] ?? 1);
}

/** A description for the fingerprint: class and settings, or the text of a function. */
export function describeActivityRegularizer(regularizer: ActivityRegularizerOption): StateValue {
  if (typeof regularizer === 'function') return String(regularizer);
  return {
    class: regularizer.getClassName?.() ?? regularizer.constructor.name,
    config: JSON.parse(JSON.stringify(regularizer.getConfig?.() ?? {})) as StateValue,
  };
}

function checkRegularizer(regularizer: unknown, layer: Layer): void {
  if (typeof regularizer === 'function') return;
  if (typeof (regularizer as Partial<ActivityRegularizer> | null)?.apply === 'function') return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `the activity regularizer of layer ${formatValue(layer.name)} must be a regularizer, such as tf.regularizers.l2(), or a function of ` +
      `the output, not ${formatValue(regularizer)}`,
  );
}
