import { POSITIVE_FRACTION } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { Optimizer, type Slots, type UpdateStep } from '../base/optimizer.js';
import type { OptimizerOptions } from '../base/options.js';
import type { ElementwiseValue, UpdateOps } from '../update/update-ops.js';
import { type MomentSettings, moveTo } from './moments.js';
import { power32 } from './powers.js';

export interface ScheduleFreeAdamWSettings extends MomentSettings {
  /**
   * How far training goes from the mean of the weights, above 0. Gradients are taken between the mean and the last
   * iterate.
   *
   * @default 0.9
   */
  readonly beta1: number;
  /**
   * Added to the divisor.
   *
   * @default 1e-8
   */
  readonly epsilon: number;
  /**
   * Over how many updates the rate grows to its full value.
   *
   * @default 0
   */
  readonly warmupSteps: number;
}

export type ScheduleFreeAdamWOptions = OptimizerOptions & Partial<ScheduleFreeAdamWSettings>;

/** Schedule-free AdamW: see `scheduleFreeAdamW`. */
export class ScheduleFreeAdamW extends Optimizer<ScheduleFreeAdamWSettings, ElementwiseValue> {
  static className = 'ScheduleFreeAdamW';
  protected override readonly isElementwise = true;

  constructor(options: ScheduleFreeAdamWOptions = {}) {
    const defaults = { learningRate: 0.0025, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, warmupSteps: 0 };
    super(options, defaults, { beta1: POSITIVE_FRACTION });
  }

  protected override createSlots(weight: tf.Variable): Record<string, tf.Tensor> {
    return { momentum: weight, velocity: tf.zerosLike(weight) };
  }

  protected override update(
    ops: UpdateOps<ElementwiseValue>,
    weight: ElementwiseValue,
    gradient: ElementwiseValue,
    slots: Slots<ElementwiseValue, 'momentum' | 'velocity'>,
    { rate, count }: UpdateStep,
  ): Record<string, ElementwiseValue> {
    const { epsilon, warmupSteps } = this.settings;
    const [beta1, beta2] = [Math.fround(this.settings.beta1), Math.fround(this.settings.beta2)];
    const warm =
      warmupSteps > 0 ? Math.fround(rate * Math.min(Math.fround(count / Math.fround(warmupSteps)), 1)) : rate;
    const velocity = moveTo(ops, slots.velocity, ops.mul(gradient, gradient), 1 - beta2);
    const divisor = ops.add(ops.sqrt(ops.div(velocity, 1 - power32(beta2, count))), epsilon);
    const momentum = ops.sub(slots.momentum, ops.div(ops.mul(gradient, warm), divisor));
    // Keras with TensorFlow recovers the mean by the new momentum, and with JAX by the old one.
    const mean = ops.div(ops.sub(weight, ops.mul(momentum, 1 - beta1)), beta1);
    const share = Math.fround(1 / count);
    const nextMean = ops.add(ops.mul(mean, 1 - share), ops.mul(momentum, share));
    return { weight: ops.add(ops.mul(momentum, 1 - beta1), ops.mul(nextMean, beta1)), momentum, velocity };
  }
}

/**
 * Creates schedule-free AdamW (Defazio et al., https://arxiv.org/abs/2405.15682) with Keras' numbers. The learning
 * rate is 0.0025 unless given. As in Keras, the weights stay those of training when it ends.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function scheduleFreeAdamW(options?: ScheduleFreeAdamWOptions): ScheduleFreeAdamW {
  return new ScheduleFreeAdamW(options);
}
