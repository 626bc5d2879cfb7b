import * as tf from '@tensorflow/tfjs-core';
import { Optimizer, type Slots, type UpdateStep } from '../base/optimizer.js';
import type { OptimizerOptions } from '../base/options.js';
import type { UpdateOps } from '../update/update-ops.js';

export interface AdafactorSettings {
  /**
   * The power of the number of the update in the decay of the means, at most 0.
   *
   * @default -0.8
   */
  readonly beta2Decay: number;
  /**
   * Added to squared gradients.
   *
   * @default 1e-30
   */
  readonly epsilon1: number;
  /**
   * The least size of a weight that scales its changes.
   *
   * @default 1e-3
   */
  readonly epsilon2: number;
  /**
   * The largest root mean square of a change before it is scaled.
   *
   * @default 1
   */
  readonly clipThreshold: number;
  /**
   * Whether a rate that is a number shrinks with the root of the number of updates. Keras' update shrinks with it
   * in both cases.
   *
   * @default true
   */
  readonly relativeStep: boolean;
}

export type AdafactorOptions = OptimizerOptions & Partial<AdafactorSettings>;

/** Adafactor: see `adafactor`. */
export class Adafactor extends Optimizer<AdafactorSettings> {
  static className = 'Adafactor';

  constructor(options: AdafactorOptions = {}) {
    super(options, {
      beta2Decay: -0.8,
      epsilon1: 1e-30,
      epsilon2: 1e-3,
      clipThreshold: 1,
      relativeStep: true,
    });
  }

  /** A matrix has one mean per row and one per column; any other weight has one per element. */
  protected override createSlots({ shape }: tf.Variable): Record<string, tf.Tensor> {
    if (shape.length < 2) return { velocity: tf.zeros(shape) };
    const [rows, columns] = [shape.slice(0, -1), [...shape.slice(0, -2), ...shape.slice(-1)]];
    return { rows: tf.zeros(rows), columns: tf.zeros(columns) };
  }

  protected override update(
    _ops: UpdateOps<tf.Tensor>,
    weight: tf.Tensor,
    gradient: tf.Tensor,
    slots: Slots<tf.Tensor, 'rows' | 'columns' | 'velocity'>,
    { rate, count }: UpdateStep,
  ): Record<string, tf.Tensor> {
    const { beta2Decay, epsilon1, epsilon2, clipThreshold } = this.settings;
    const scale = tf.mul(
      tf.maximum(epsilon2, rms(weight)),
      Math.min(rate, Math.fround(1 / Math.fround(Math.sqrt(count)))),
    );
    const beta = Math.fround(1 - Math.fround(Math.pow(count, Math.fround(beta2Decay))));
    const square = tf.add(tf.mul(gradient, gradient), epsilon1);
    const decay = (old: tf.Tensor, value: tf.Tensor) => tf.add(tf.mul(old, beta), tf.mul(value, 1 - beta));
    const isFactored = weight.rank >= 2;
    const rows = isFactored ? decay(slots.rows, tf.mean(square, -1)) : square;
    const columns = isFactored ? decay(slots.columns, tf.mean(square, -2)) : square;
    const velocity = isFactored
      ? tf.mul(tf.expandDims(tf.div(rows, tf.mean(rows, -1, true)), -1), tf.expandDims(columns, -2))
      : decay(slots.velocity, square);
    const change = tf.div(gradient, tf.sqrt(velocity));
    const clipped = tf.div(change, tf.maximum(1, tf.div(rms(change), clipThreshold)));
    return { weight: tf.sub(weight, tf.mul(scale, clipped)), rows, columns, velocity };
  }
}

/** The root mean square. */
function rms(values: tf.Tensor): tf.Tensor {
  return tf.sqrt(tf.mean(tf.mul(values, values)));
}

/**
 * Creates Adafactor (Shazeer and Stern, https://arxiv.org/abs/1804.04235) with Keras' numbers.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function adafactor(options?: AdafactorOptions): Adafactor {
  return new Adafactor(options);
}
