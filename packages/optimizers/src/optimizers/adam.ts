import * as tf from '@tensorflow/tfjs-core';
import { Optimizer, type Slots, type UpdateStep } from '../base/optimizer.js';
import type { OptimizerOptions } from '../base/options.js';
import type { ElementwiseValue, UpdateOps } from '../update/update-ops.js';
import { correctRate, MOMENT_DEFAULTS, type MomentSettings, updateMoments } from './moments.js';

export interface AdamSettings extends MomentSettings {
  /**
   * Whether to divide by the largest mean so far.
   *
   * @default false
   */
  readonly amsgrad: boolean;
}

export type AdamOptions = OptimizerOptions & Partial<AdamSettings>;

/** Adam: see `adam`. */
export class Adam extends Optimizer<AdamSettings, ElementwiseValue> {
  static className = 'Adam';
  protected override readonly isElementwise = true;

  constructor(options: AdamOptions = {}, defaults: AdamOptions = {}) {
    super(options, { ...MOMENT_DEFAULTS, amsgrad: false, ...defaults });
  }

  protected override createSlots(weight: tf.Variable): Record<string, tf.Tensor> {
    const zeros = tf.zerosLike(weight);
    return { momentum: zeros, velocity: zeros, ...(this.settings.amsgrad && { velocityHat: zeros }) };
  }

  protected override update(
    ops: UpdateOps<ElementwiseValue>,
    weight: ElementwiseValue,
    gradient: ElementwiseValue,
    slots: Slots<ElementwiseValue, 'momentum' | 'velocity' | 'velocityHat'>,
    { rate, count }: UpdateStep,
  ): Record<string, ElementwiseValue> {
    const { beta1, beta2, epsilon, amsgrad } = this.settings;
    const [momentum, velocity] = updateMoments(ops, slots, gradient, beta1, beta2);
    const velocityHat = amsgrad ? ops.max(slots.velocityHat, velocity) : velocity;
    const divisor = ops.add(ops.sqrt(velocityHat), epsilon);
    const alpha = correctRate(rate, beta1, beta2, count);
    const next = ops.sub(weight, ops.div(ops.mul(momentum, alpha), divisor));
    return { weight: next, momentum, velocity, velocityHat };
  }
}

/**
 * Creates Adam (Kingma and Ba, https://arxiv.org/abs/1412.6980) with Keras' numbers. The learning rate is 0.001 unless
 * given.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function adam(options?: AdamOptions): Adam {
  return new Adam(options);
}
