import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { EPSILON } from './epsilon.js';
import { pairedLoss } from './paired-loss.js';

/** Keras' Poisson: mean(yPred - yTrue · log(yPred + 1e-7)) over the last axis. */
export function poisson(options: Record<string, never> = {}): LossFunction {
  checkOptions('poisson', options, {});
  return pairedLoss('poisson', (yTrue, yPred) =>
    tf.mean(tf.sub(yPred, tf.mul(yTrue, tf.log(tf.add(yPred, EPSILON)))), -1),
  );
}
