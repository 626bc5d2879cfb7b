import * as tf from '@tensorflow/tfjs-core';
import { Optimizer, type Slots, type UpdateStep } from '../base/optimizer.js';
import type { OptimizerOptions } from '../base/options.js';
import type { ElementwiseValue, UpdateOps } from '../update/update-ops.js';

export interface AdadeltaSettings {
  /**
   * The decay of both means: of squared gradients, and of squared changes.
   *
   * @default 0.95
   */
  readonly rho: number;
  /**
   * Added under the square roots.
   *
   * @default 1e-7
   */
  readonly epsilon: number;
}

export type AdadeltaOptions = OptimizerOptions & Partial<AdadeltaSettings>;

/** Adadelta: see `adadelta`. */
export class Adadelta extends Optimizer<AdadeltaSettings, ElementwiseValue> {
  static className = 'Adadelta';
  protected override readonly isElementwise = true;

  constructor(options: AdadeltaOptions = {}) {
    super(options, { rho: 0.95, epsilon: 1e-7 });
  }

  protected override createSlots(weight: tf.Variable): Record<string, tf.Tensor> {
    const zeros = tf.zerosLike(weight);
    return { accumulatedGrad: zeros, accumulatedDeltaVar: zeros };
  }

  protected override update(
    ops: UpdateOps<ElementwiseValue>,
    weight: ElementwiseValue,
    gradient: ElementwiseValue,
    slots: Slots<ElementwiseValue, 'accumulatedGrad' | 'accumulatedDeltaVar'>,
    { rate }: UpdateStep,
  ): Record<string, ElementwiseValue> {
    const { rho, epsilon } = this.settings;
    const decay = (old: ElementwiseValue, value: ElementwiseValue) =>
      ops.add(ops.mul(old, rho), ops.mul(ops.mul(value, value), 1 - rho));
    const rms = (mean: ElementwiseValue) => ops.sqrt(ops.add(mean, epsilon));
    const accumulatedGrad = decay(slots.accumulatedGrad, gradient);
    const change = ops.div(ops.mul(rms(slots.accumulatedDeltaVar), gradient), rms(accumulatedGrad));
    const accumulatedDeltaVar = decay(slots.accumulatedDeltaVar, change);
    return { weight: ops.sub(weight, ops.mul(change, rate)), accumulatedGrad, accumulatedDeltaVar };
  }
}

/**
 * Creates Adadelta (Zeiler, https://arxiv.org/abs/1212.5701) with Keras' numbers. The paper's learning rate is 1,
 * Keras' default is 0.001.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function adadelta(options?: AdadeltaOptions): Adadelta {
  return new Adadelta(options);
}
