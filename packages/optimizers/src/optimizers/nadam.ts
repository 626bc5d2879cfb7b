import * as tf from '@tensorflow/tfjs-core';
import { Optimizer, type Slots, type UpdateStep } from '../base/optimizer.js';
import type { OptimizerOptions } from '../base/options.js';
import type { ElementwiseValue, UpdateOps } from '../update/update-ops.js';
import { moveTo } from './moments.js';
import { power32 } from './powers.js';

export interface NadamSettings {
  /**
   * The decay of the mean of the gradients.
   *
   * @default 0.9
   */
  readonly beta1: number;
  /**
   * The decay of the mean of the squared gradients.
   *
   * @default 0.999
   */
  readonly beta2: number;
  /**
   * Added to the divisor.
   *
   * @default 1e-7
   */
  readonly epsilon: number;
}

export type NadamOptions = OptimizerOptions & Partial<NadamSettings>;

/** Nadam: see `nadam`. */
export class Nadam extends Optimizer<NadamSettings, ElementwiseValue> {
  static className = 'Nadam';
  protected override readonly isElementwise = true;

  constructor(options: NadamOptions = {}) {
    super(options, { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 });
    this.numbers['uProduct'] = 1;
  }

  protected override createSlots(weight: tf.Variable): Record<string, tf.Tensor> {
    const zeros = tf.zerosLike(weight);
    return { momentum: zeros, velocity: zeros };
  }

  /** The share of the momentum at an update, which grows with the updates. */
  #shareAt(count: number): number {
    return Math.fround(
      Math.fround(this.settings.beta1) * Math.fround(1 - Math.fround(0.5 * power32(0.96, count))),
    );
  }

  protected override beginUpdate({ count }: UpdateStep): void {
    const product = Math.fround((this.numbers['uProduct'] ?? 1) * Math.fround(this.settings.beta1));
    this.numbers['uProduct'] = Math.fround(
      product * Math.fround(1 - Math.fround(0.5 * power32(0.96, count))),
    );
  }

  protected override update(
    ops: UpdateOps<ElementwiseValue>,
    weight: ElementwiseValue,
    gradient: ElementwiseValue,
    slots: Slots<ElementwiseValue, 'momentum' | 'velocity'>,
    { rate, count }: UpdateStep,
  ): Record<string, ElementwiseValue> {
    const { beta1, beta2, epsilon } = this.settings;
    const product = this.numbers['uProduct'] ?? 1;
    const nextShare = this.#shareAt(count + 1);
    const momentum = moveTo(ops, slots.momentum, gradient, 1 - Math.fround(beta1));
    const velocity = moveTo(ops, slots.velocity, ops.mul(gradient, gradient), 1 - Math.fround(beta2));
    const ahead = ops.div(ops.mul(momentum, nextShare), 1 - Math.fround(product * nextShare));
    const now = ops.div(ops.mul(gradient, 1 - this.#shareAt(count)), 1 - product);
    const divisor = ops.add(ops.sqrt(ops.div(velocity, 1 - power32(beta2, count))), epsilon);
    const change = ops.div(ops.mul(ops.add(ahead, now), rate), divisor);
    return { weight: ops.sub(weight, change), momentum, velocity };
  }
}

/**
 * Creates Adam with Nesterov momentum (Dozat, 2015) with Keras' numbers.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function nadam(options?: NadamOptions): Nadam {
  return new Nadam(options);
}
