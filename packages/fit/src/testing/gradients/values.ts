/** Numbers of a shape, in double precision: what the references compute with. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}
