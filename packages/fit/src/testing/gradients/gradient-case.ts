import type { Tensor } from '@tensorflow/tfjs-core';
import type { Values } from './values.js';

/** An op at one point: its value there and its gradient in every input are compared with those of a reference. */
export interface GradientCase {
  /** The op, and what is special here. */
  readonly name: string;
  /** The inputs that have a gradient. Their numbers are exact in single precision. */
  readonly inputs: readonly Values[];
  readonly op: (...inputs: Tensor[]) => Tensor;
  /** The same in plain JavaScript and double precision. */
  readonly reference: (...inputs: Values[]) => Values;
  /**
   * The point is one where the slope jumps, as between two equal maxima: any slope between the two sides will do. "together" where the
   * op is convex or concave, so that also the slopes of all inputs together must lie between the two sides.  @default none
   */
  readonly kink?: 'apart' | 'together';
  /** How much less accurate than a sum of products single precision is here.  @default 1 */
  readonly slack?: number;
}
