import * as tf from '@tensorflow/tfjs-core';
import { Optimizer, type Slots, type UpdateStep } from '../base/optimizer.js';
import type { OptimizerOptions } from '../base/options.js';
import type { ElementwiseValue, UpdateOps } from '../update/update-ops.js';
import { MOMENT_DEFAULTS, type MomentSettings, moveTo } from './moments.js';
import { power32 } from './powers.js';

export interface AdamaxSettings extends MomentSettings {
  /**
   * The decay of the largest gradient.
   *
   * @default 0.999
   */
  readonly beta2: number;
}

export type AdamaxOptions = OptimizerOptions & Partial<AdamaxSettings>;

/** Adamax: see `adamax`. */
export class Adamax extends Optimizer<AdamaxSettings, ElementwiseValue> {
  static className = 'Adamax';
  protected override readonly isElementwise = true;

  constructor(options: AdamaxOptions = {}) {
    super(options, MOMENT_DEFAULTS);
  }

  protected override createSlots(weight: tf.Variable): Record<string, tf.Tensor> {
    const zeros = tf.zerosLike(weight);
    return { momentum: zeros, norm: zeros };
  }

  protected override update(
    ops: UpdateOps<ElementwiseValue>,
    weight: ElementwiseValue,
    gradient: ElementwiseValue,
    slots: Slots<ElementwiseValue, 'momentum' | 'norm'>,
    { rate, count }: UpdateStep,
  ): Record<string, ElementwiseValue> {
    const { beta1, beta2, epsilon } = this.settings;
    const momentum = moveTo(ops, slots.momentum, gradient, 1 - beta1);
    const norm = ops.max(ops.mul(slots.norm, beta2), ops.abs(gradient));
    const divisor = ops.mul(ops.add(norm, epsilon), 1 - power32(beta1, count));
    return { weight: ops.sub(weight, ops.div(ops.mul(momentum, rate), divisor)), momentum, norm };
  }
}

/**
 * Creates Adamax (section 7 of https://arxiv.org/abs/1412.6980) with Keras' numbers.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function adamax(options?: AdamaxOptions): Adamax {
  return new Adamax(options);
}
