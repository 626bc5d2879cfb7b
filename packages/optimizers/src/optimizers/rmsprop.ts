import * as tf from '@tensorflow/tfjs-core';
import { Optimizer, type Slots, type UpdateStep } from '../base/optimizer.js';
import type { OptimizerOptions } from '../base/options.js';
import type { ElementwiseValue, UpdateOps } from '../update/update-ops.js';

export interface RMSpropSettings {
  /**
   * The decay of the mean of the squared gradients.
   *
   * @default 0.9
   */
  readonly rho: number;
  /**
   * The share of the last change that the next one keeps.
   *
   * @default 0
   */
  readonly momentum: number;
  /**
   * Added under the square root.
   *
   * @default 1e-7
   */
  readonly epsilon: number;
  /**
   * Whether to divide by the variance of the gradients, and not by their mean square.
   *
   * @default false
   */
  readonly centered: boolean;
}

export type RMSpropOptions = OptimizerOptions & Partial<RMSpropSettings>;

/** RMSprop: see `rmsprop`. */
export class RMSprop extends Optimizer<RMSpropSettings, ElementwiseValue> {
  static className = 'RMSprop';
  protected override readonly isElementwise = true;

  constructor(options: RMSpropOptions = {}) {
    super(options, { rho: 0.9, momentum: 0, epsilon: 1e-7, centered: false });
  }

  protected override createSlots(weight: tf.Variable): Record<string, tf.Tensor> {
    const { momentum, centered } = this.settings;
    const zeros = tf.zerosLike(weight);
    return {
      velocity: zeros,
      ...(momentum > 0 && { momentum: zeros }),
      ...(centered && { averageGradient: zeros }),
    };
  }

  protected override update(
    ops: UpdateOps<ElementwiseValue>,
    weight: ElementwiseValue,
    gradient: ElementwiseValue,
    slots: Slots<ElementwiseValue, 'velocity' | 'momentum' | 'averageGradient'>,
    { rate }: UpdateStep,
  ): Record<string, ElementwiseValue> {
    const { rho, momentum: share, epsilon, centered } = this.settings;
    const decay = (old: ElementwiseValue, value: ElementwiseValue) =>
      ops.add(ops.mul(old, rho), ops.mul(value, 1 - rho));
    const velocity = decay(slots.velocity, ops.mul(gradient, gradient));
    const averageGradient = centered ? decay(slots.averageGradient, gradient) : gradient;
    const variance = centered ? ops.sub(velocity, ops.mul(averageGradient, averageGradient)) : velocity;
    const change = ops.div(ops.mul(gradient, rate), ops.sqrt(ops.add(variance, epsilon)));
    const momentum = share > 0 ? ops.add(ops.mul(slots.momentum, share), change) : change;
    return { weight: ops.sub(weight, momentum), velocity, averageGradient, momentum };
  }
}

/**
 * Creates RMSprop (Hinton, lecture 6e of "Neural networks for machine learning", 2012) with Keras' numbers. The learning
 * rate is 0.001 unless given.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function rmsprop(options?: RMSpropOptions): RMSprop {
  return new RMSprop(options);
}
