export interface LoadWeightsOptions {
  /**
   * Load the weights that fit, and leave the others as they are: those with another shape or dtype than in the
   * checkpoint, and those that it lacks. One warning lists them.
   *
   * @default false
   */
  readonly skipMismatch?: boolean;
}

/** A weight that saved values do not fit. */
export interface WeightMismatch {
  /** Such as `dense/kernel`. */
  readonly name: string;
  /** The saved dtype and shape, such as `float32 [3, 4]`; undefined if no such weight was saved. */
  readonly saved: string | undefined;
  /** Those of the model's weight; undefined if the model has no such weight. */
  readonly current: string | undefined;
}

/** What a load of weights has done. */
export interface LoadedWeights {
  /** The names of the weights that have the saved values now. */
  readonly loaded: readonly string[];
  /** The weights that do not fit, of the model and of the checkpoint. Empty without `skipMismatch`. */
  readonly skipped: readonly WeightMismatch[];
}
