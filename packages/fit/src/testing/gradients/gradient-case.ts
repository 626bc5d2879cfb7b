import type * as tf from '@tensorflow/tfjs-core';
import type { Values } from './values.js';

/** An op at one point: its value there and its gradient in every input are compared with a reference. */
export interface GradientCase {
  /** The op, and the specialty of this case. */
  readonly name: string;
  /** The inputs that have a gradient. Their numbers are exact in single precision. */
  readonly inputs: readonly Values[];
  readonly op: (...inputs: tf.Tensor[]) => tf.Tensor;
  /** The same in JavaScript and double precision. */
  readonly reference: (...inputs: Values[]) => Values;
  /**
   * Set at a point where the slope jumps, as between two equal maxima: any slope between the two sides is
   * right. 'together' if the op is convex or concave, so that the slopes of all inputs together must be
   * between the two sides as well.
   *
   * @default none
   */
  readonly kink?: 'apart' | 'together';
  /** How much less accurate single precision is here than for a sum of products. @default 1 */
  readonly slack?: number;
}
