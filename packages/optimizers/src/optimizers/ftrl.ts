import * as tf from '@tensorflow/tfjs-core';
import { Optimizer, type Slots, type UpdateStep } from '../base/optimizer.js';
import type { OptimizerOptions } from '../base/options.js';
import type { ElementwiseValue, UpdateOps } from '../update/update-ops.js';

export interface FtrlSettings {
  /**
   * The power of the sum of squared gradients in the rate of a weight, at most 0.
   *
   * @default -0.5
   */
  readonly learningRatePower: number;
  /**
   * The sum of squared gradients that training begins with.
   *
   * @default 0.1
   */
  readonly initialAccumulatorValue: number;
  /**
   * The strength of the penalty on absolute weights.
   *
   * @default 0
   */
  readonly l1RegularizationStrength: number;
  /**
   * The strength of the penalty on squared weights.
   *
   * @default 0
   */
  readonly l2RegularizationStrength: number;
  /**
   * As `l2RegularizationStrength`, but added to the gradient only.
   *
   * @default 0
   */
  readonly l2ShrinkageRegularizationStrength: number;
  /**
   * The beta of the paper, which adds to the penalty on squared weights.
   *
   * @default 0
   */
  readonly beta: number;
}

export type FtrlOptions = OptimizerOptions & Partial<FtrlSettings>;

/** FTRL: see `ftrl`. */
export class Ftrl extends Optimizer<FtrlSettings, ElementwiseValue> {
  static className = 'Ftrl';
  protected override readonly isElementwise: boolean;

  constructor(options: FtrlOptions = {}) {
    super(options, {
      learningRatePower: -0.5,
      initialAccumulatorValue: 0.1,
      l1RegularizationStrength: 0,
      l2RegularizationStrength: 0,
      l2ShrinkageRegularizationStrength: 0,
      beta: 0,
    });
    this.isElementwise = this.settings.learningRatePower === -0.5;
  }

  protected override createSlots(weight: tf.Variable): Record<string, tf.Tensor> {
    const accumulator = tf.fill(weight.shape, this.settings.initialAccumulatorValue);
    return { accumulator, linear: tf.zerosLike(weight) };
  }

  protected override update(
    ops: UpdateOps<ElementwiseValue>,
    weight: ElementwiseValue,
    gradient: ElementwiseValue,
    slots: Slots<ElementwiseValue, 'accumulator' | 'linear'>,
    { rate }: UpdateStep,
  ): Record<string, ElementwiseValue> {
    const { l1RegularizationStrength: l1, l2RegularizationStrength, beta } = this.settings;
    const l2 = Math.fround(
      Math.fround(l2RegularizationStrength) + Math.fround(Math.fround(beta) / Math.fround(2 * rate)),
    );
    const shrinkage = 2 * this.settings.l2ShrinkageRegularizationStrength;
    const accumulator = ops.add(slots.accumulator, ops.mul(gradient, gradient));
    const [root, rootBefore] = [this.#raise(ops, accumulator), this.#raise(ops, slots.accumulator)];
    const pull = ops.mul(ops.div(ops.sub(root, rootBefore), rate), weight);
    const linear = ops.add(slots.linear, ops.sub(ops.add(gradient, ops.mul(weight, shrinkage)), pull));
    const quadratic = ops.add(ops.div(root, rate), 2 * l2);
    const clipped = ops.min(ops.max(linear, -l1), l1);
    return { weight: ops.div(ops.sub(clipped, linear), quadratic), accumulator, linear };
  }

  /** A square root can be fused; another power is an op of tfjs. */
  #raise(ops: UpdateOps<ElementwiseValue>, value: ElementwiseValue): ElementwiseValue {
    const power = -this.settings.learningRatePower;
    return this.isElementwise ? ops.sqrt(value) : (tf.pow(value as never, power) as never);
  }
}

/**
 * Creates FTRL (McMahan et al., "Ad click prediction: a view from the trenches", 2013) with Keras' numbers.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function ftrl(options?: FtrlOptions): Ftrl {
  return new Ftrl(options);
}
