import * as tf from '@tensorflow/tfjs-core';
import { Optimizer, type Slots, type UpdateStep } from '../base/optimizer.js';
import type { OptimizerOptions } from '../base/options.js';
import type { ElementwiseValue, UpdateOps } from '../update/update-ops.js';
import { MOMENT_DEFAULTS, type MomentSettings, updateMoments } from './moments.js';
import { power32 } from './powers.js';

export type NadamSettings = MomentSettings;

export type NadamOptions = OptimizerOptions & Partial<NadamSettings>;

/** Nadam: see `nadam`. */
export class Nadam extends Optimizer<NadamSettings, ElementwiseValue> {
  static className = 'Nadam';
  protected override readonly isElementwise = true;

  constructor(options: NadamOptions = {}) {
    super(options, MOMENT_DEFAULTS);
    this.numbers['uProduct'] = 1;
  }

  protected override createSlots(weight: tf.Variable): Record<string, tf.Tensor> {
    const zeros = tf.zerosLike(weight);
    return { momentum: zeros, velocity: zeros };
  }

  /** The share of the momentum in an update, Keras' `u_t`. */
  #getShare(count: number): number {
    return Math.fround(Math.fround(this.settings.beta1) * warmUp(count));
  }

  protected override beginUpdate({ count }: UpdateStep): void {
    const product = Math.fround((this.numbers['uProduct'] ?? 1) * Math.fround(this.settings.beta1));
    this.numbers['uProduct'] = Math.fround(product * warmUp(count));
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
    const nextShare = this.#getShare(count + 1);
    const [momentum, velocity] = updateMoments(ops, slots, gradient, Math.fround(beta1), Math.fround(beta2));
    const ahead = ops.div(ops.mul(momentum, nextShare), 1 - Math.fround(product * nextShare));
    const now = ops.div(ops.mul(gradient, 1 - this.#getShare(count)), 1 - product);
    const divisor = ops.add(ops.sqrt(ops.div(velocity, 1 - power32(beta2, count))), epsilon);
    const change = ops.div(ops.mul(ops.add(ahead, now), rate), divisor);
    return { weight: ops.sub(weight, change), momentum, velocity };
  }
}

/** The factor of `beta1` at an update: it grows from 0.52 to 1. */
function warmUp(count: number): number {
  return Math.fround(1 - Math.fround(0.5 * power32(0.96, count)));
}

/**
 * Creates Adam with Nesterov momentum (Dozat, 2015) with Keras' numbers.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function nadam(options?: NadamOptions): Nadam {
  return new Nadam(options);
}
