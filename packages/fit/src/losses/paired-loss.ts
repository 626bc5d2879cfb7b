import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { pairOf } from './pair-of.js';

/** A loss from a formula over targets and predictions that are float32 and of one shape. `owner` is for messages. */
export function pairedLoss(owner: string, formula: (yTrue: Tensor, yPred: Tensor) => Tensor): LossFunction {
  return (yTrue, yPred) => tf.tidy(() => formula(...pairOf(owner, yTrue, yPred)));
}
