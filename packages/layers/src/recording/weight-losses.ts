import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, regularizers } from '@tensorflow/tfjs-layers';
import { overrideField } from '../override-field.js';
import { getStockClasses } from './stock-classes.js';

type Layer = LayersModel['layers'][number];

/**
 * For each loss that a layer keeps, the regularizer that it applies to a weight; undefined for a loss or a
 * regularizer of yours. A field of the layer does not tell: it may have been set after the weights were made.
 */
export function listWeightRegularizers(layer: Layer): (object | undefined)[] {
  const { _losses: losses = [] } = layer as unknown as { readonly _losses?: readonly unknown[] };
  // Code of yours must not run between steps: it may count its calls.
  const isYours = Object.entries(layer).some(
    ([key, value]) => key.endsWith('Regularizer') && value !== null && value !== undefined && !isStock(value),
  );
  return losses.map((loss) => (isYours || !isOfWeight(loss) ? undefined : findRegularizer(loss)));
}

function isStock(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && getStockClasses().isRegularizer(value) && !Object.hasOwn(value, 'apply');
}

/** Whether tfjs-layers itself made the loss, when it added a weight. */
function isOfWeight(loss: unknown): loss is () => unknown {
  const { addWeight } = layers.Layer.prototype as unknown as { addWeight: () => unknown };
  return typeof loss === 'function' && getSource(addWeight).includes(getSource(loss as () => unknown));
}

function getSource(value: () => unknown): string {
  return Function.prototype.toString.call(value);
}

function findRegularizer(loss: () => unknown): object | undefined {
  const result = {};
  const applied: object[] = [];
  const undo = overrideField(
    Object.getPrototypeOf(regularizers.l1l2()) as object,
    'apply',
    function apply(this: object) {
      applied.push(this);
      return result;
    },
  );
  try {
    return tf.tidy(() => loss() === result) ? applied[0] : undefined;
  } catch {
    return undefined;
  } finally {
    undo();
  }
}
