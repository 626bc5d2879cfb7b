import type { MeanMetric } from '../contract/metric.js';
import { binaryAccuracy } from './binary-accuracy.js';
import { categoricalAccuracy } from './categorical-accuracy.js';
import { sparseCategoricalAccuracy } from './sparse-categorical-accuracy.js';

/**
 * Chooses the accuracy that 'accuracy' means for targets and predictions of these shapes, as Keras' compile
 * does. It is binary if a sample has one prediction, sparse if targets lack the axis of the classes or have 1
 * there, else categorical.
 *
 * As in Keras 3, the loss does not matter: with several sigmoid outputs ask for 'binary_accuracy' by name.
 * `name` is the key in the logs, 'accuracy' by default.
 */
export function chooseAccuracy(
  yTrueShape: readonly number[],
  yPredShape: readonly number[],
  name = 'accuracy',
): MeanMetric {
  if (yPredShape.length < 2 || yPredShape.at(-1) === 1) return binaryAccuracy({ name });
  const isSparse = yTrueShape.length < yPredShape.length || yTrueShape.at(-1) === 1;
  return isSparse ? sparseCategoricalAccuracy({ name }) : categoricalAccuracy({ name });
}
