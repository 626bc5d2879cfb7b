import * as tf from '@tensorflow/tfjs-core';
import { Optimizer, type Slots, type UpdateStep } from '../base/optimizer.js';
import type { OptimizerOptions } from '../base/options.js';
import type { ElementwiseValue, UpdateOps } from '../update/update-ops.js';

export interface AdagradSettings {
  /**
   * The sum of squared gradients that training begins with.
   *
   * @default 0.1
   */
  readonly initialAccumulatorValue: number;
  /**
   * Added under the square root.
   *
   * @default 1e-7
   */
  readonly epsilon: number;
}

export type AdagradOptions = OptimizerOptions & Partial<AdagradSettings>;

/** Adagrad: see `adagrad`. */
export class Adagrad extends Optimizer<AdagradSettings, ElementwiseValue> {
  static className = 'Adagrad';
  protected override readonly isElementwise = true;

  constructor(options: AdagradOptions = {}) {
    super(options, { initialAccumulatorValue: 0.1, epsilon: 1e-7 });
  }

  protected override createSlots(weight: tf.Variable): Record<string, tf.Tensor> {
    return { accumulator: tf.fill(weight.shape, this.settings.initialAccumulatorValue) };
  }

  protected override update(
    ops: UpdateOps<ElementwiseValue>,
    weight: ElementwiseValue,
    gradient: ElementwiseValue,
    slots: Slots<ElementwiseValue, 'accumulator'>,
    { rate }: UpdateStep,
  ): Record<string, ElementwiseValue> {
    const accumulator = ops.add(slots.accumulator, ops.mul(gradient, gradient));
    const divisor = ops.sqrt(ops.add(accumulator, this.settings.epsilon));
    return { weight: ops.sub(weight, ops.div(ops.mul(gradient, rate), divisor)), accumulator };
  }
}

/**
 * Creates Adagrad (Duchi et al., https://jmlr.org/papers/v12/duchi11a.html) with Keras' numbers. The learning rate is
 * 0.001 unless given.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function adagrad(options?: AdagradOptions): Adagrad {
  return new Adagrad(options);
}
