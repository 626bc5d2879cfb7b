import type { Values } from '../values.js';

/** A matrix seen in an array; swapped strides are its transpose. */
export interface Matrix {
  readonly values: Values;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}
