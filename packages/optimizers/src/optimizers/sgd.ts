import { FRACTION } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { Optimizer, type Slots, type UpdateStep } from '../base/optimizer.js';
import type { OptimizerOptions } from '../base/options.js';
import type { ElementwiseValue, UpdateOps } from '../update/update-ops.js';

export interface SGDSettings {
  /**
   * The share of the last change that the next one keeps, from 0 to 1.
   *
   * @default 0
   */
  readonly momentum: number;
  /**
   * Whether momentum looks ahead, as Nesterov's does.
   *
   * @default false
   */
  readonly nesterov: boolean;
}

export type SGDOptions = OptimizerOptions & Partial<SGDSettings>;

/** Gradient descent: see `sgd`. */
export class SGD extends Optimizer<SGDSettings, ElementwiseValue> {
  static className = 'SGD';
  protected override readonly isElementwise = true;

  constructor(options: SGDOptions = {}) {
    super(options, { learningRate: 0.01, momentum: 0, nesterov: false }, { momentum: FRACTION });
  }

  protected override createSlots(weight: tf.Variable): Record<string, tf.Tensor> {
    return this.settings.momentum === 0 ? {} : { momentum: tf.zerosLike(weight) };
  }

  protected override update(
    ops: UpdateOps<ElementwiseValue>,
    weight: ElementwiseValue,
    gradient: ElementwiseValue,
    { momentum: before }: Slots<ElementwiseValue, 'momentum'>,
    { rate }: UpdateStep,
  ): Record<string, ElementwiseValue> {
    const { momentum: share, nesterov } = this.settings;
    const change = ops.mul(gradient, rate);
    if (share === 0) return { weight: ops.sub(weight, change) };
    const momentum = ops.sub(ops.mul(before, share), change);
    const ahead = nesterov ? ops.sub(ops.mul(momentum, share), change) : momentum;
    return { weight: ops.add(weight, ahead), momentum };
  }
}

/**
 * Creates gradient descent, with momentum (Polyak, 1964) or Nesterov momentum by choice, with Keras' numbers. The learning rate is 0.01 unless given.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function sgd(options?: SGDOptions): SGD {
  return new SGD(options);
}
