import * as tf from '@tensorflow/tfjs-core';
import { Optimizer, type Slots, type UpdateStep } from '../base/optimizer.js';
import type { OptimizerOptions } from '../base/options.js';
import { runUpdate } from '../update/run-update.js';
import type { UpdateOps } from '../update/update-ops.js';
import { MOMENT_DEFAULTS, type MomentSettings, updateMoments } from './moments.js';
import { power32 } from './powers.js';

export type LambSettings = MomentSettings;

export type LambOptions = OptimizerOptions & Partial<LambSettings>;

/** LAMB: see `lamb`. */
export class Lamb extends Optimizer<LambSettings> {
  static className = 'Lamb';

  constructor(options: LambOptions = {}) {
    super(options, MOMENT_DEFAULTS);
  }

  protected override createSlots(weight: tf.Variable): Record<string, tf.Tensor> {
    const zeros = tf.zerosLike(weight);
    return { momentum: zeros, velocity: zeros };
  }

  protected override update(
    _ops: UpdateOps<tf.Tensor>,
    weight: tf.Tensor,
    gradient: tf.Tensor,
    slots: Slots<tf.Tensor, 'momentum' | 'velocity'>,
    { rate, count }: UpdateStep,
  ): Record<string, tf.Tensor> {
    const { beta1, beta2, epsilon } = this.settings;
    const inputs = [gradient, slots.momentum, slots.velocity];
    const [change, momentum, velocity] = runUpdate(inputs, <V>(ops: UpdateOps<V>, values: readonly V[]) => {
      const [g, oldMomentum, oldVelocity] = values as readonly [V, V, V];
      const [m, v] = updateMoments(ops, { momentum: oldMomentum, velocity: oldVelocity }, g, beta1, beta2);
      const divisor = ops.add(ops.sqrt(ops.div(v, 1 - power32(beta2, count))), epsilon);
      return [ops.div(ops.div(m, 1 - power32(beta1, count)), divisor), m, v];
    }) as readonly [tf.Tensor, tf.Tensor, tf.Tensor];
    const [weightNorm, changeNorm] = [tf.norm(weight), tf.norm(change)];
    const areNonZero = tf.logicalAnd(tf.greater(weightNorm, 0), tf.greater(changeNorm, 0));
    const ratio = tf.where(areNonZero, tf.div(weightNorm, changeNorm), 1);
    return { weight: tf.sub(weight, tf.mul(tf.mul(ratio, rate), change)), momentum, velocity };
  }
}

/**
 * Creates LAMB (You et al., https://arxiv.org/abs/1904.00962) with Keras' numbers.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function lamb(options?: LambOptions): Lamb {
  return new Lamb(options);
}
