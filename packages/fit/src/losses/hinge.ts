import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { atLeast } from './at-least.js';
import { pairedLoss } from './paired-loss.js';
import { signedLabels } from './signed-labels.js';

/** Keras' Hinge: mean(max(1 - yTrue · yPred, 0)) over the last axis. Targets are -1 or 1; a batch of only 0 and 1 is converted. */
export function hinge(options: Record<string, never> = {}): LossFunction {
  checkOptions('hinge', options, {});
  return pairedLoss('hinge', (yTrue, yPred) =>
    tf.mean(atLeast(tf.sub(1, tf.mul(signedLabels(yTrue), yPred)), 0), -1),
  );
}
