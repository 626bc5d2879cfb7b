import { POSITIVE_FRACTION } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { Optimizer, type Slots, type UpdateStep } from '../base/optimizer.js';
import type { OptimizerOptions } from '../base/options.js';
import type { ElementwiseValue, UpdateOps } from '../update/update-ops.js';

export interface LionSettings {
  /**
   * The share of the old momentum in a change, above 0.
   *
   * @default 0.9
   */
  readonly beta1: number;
  /**
   * The decay of the momentum.
   *
   * @default 0.99
   */
  readonly beta2: number;
}

export type LionOptions = OptimizerOptions & Partial<LionSettings>;

/** Lion: see `lion`. */
export class Lion extends Optimizer<LionSettings, ElementwiseValue> {
  static className = 'Lion';
  protected override readonly isElementwise = true;

  constructor(options: LionOptions = {}) {
    super(options, { beta1: 0.9, beta2: 0.99 }, { beta1: POSITIVE_FRACTION });
  }

  protected override createSlots(weight: tf.Variable): Record<string, tf.Tensor> {
    return { momentum: tf.zerosLike(weight) };
  }

  protected override update(
    ops: UpdateOps<ElementwiseValue>,
    weight: ElementwiseValue,
    gradient: ElementwiseValue,
    slots: Slots<ElementwiseValue, 'momentum'>,
    { rate }: UpdateStep,
  ): Record<string, ElementwiseValue> {
    const mix = (beta: number) =>
      ops.add(ops.mul(slots.momentum, beta), ops.mul(gradient, 1 - Math.fround(beta)));
    const { beta1, beta2 } = this.settings;
    return { weight: ops.sub(weight, ops.mul(ops.sign(mix(beta1)), rate)), momentum: mix(beta2) };
  }
}

/**
 * Creates Lion (Chen et al., https://arxiv.org/abs/2302.06675) with Keras' numbers.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function lion(options?: LionOptions): Lion {
  return new Lion(options);
}
