import * as tf from '@tensorflow/tfjs-core';
import { printWarning } from '@keepfit/callbacks/internal';

let hasWarned = false;

/**
 * Warns, once in a process, that tfjs' own Adadelta has other numbers than Keras'. They are kept, because
 * trainings with them exist.
 */
export function warnOfAdadelta(optimizer: tf.Optimizer): void {
  if (hasWarned || optimizer.applyGradients !== tf.AdadeltaOptimizer.prototype.applyGradients) return;
  hasWarned = true;
  printWarning(
    "keepfit: tfjs' Adadelta divides by the accumulator as it was before the step, so that its first step is about 2,800 times as large as in Keras. " +
      "It keeps these numbers; for those of Keras, give adadelta() of @keepfit/optimizers, or a Trainer the optimizer 'adadelta' by name",
  );
}
