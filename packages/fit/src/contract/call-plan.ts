import type * as tf from '@tensorflow/tfjs-core';

/** A call of a kernel, ready to run on memory that changes from step to step. */
export interface PlannedCall {
  readonly kernel: string;
  readonly compute: tf.KernelFunc;
  readonly given: Parameters<tf.KernelFunc>[0];
  /** The inputs whose memory to fill in before each run, with their places. */
  readonly changing: readonly (readonly [info: { dataId: object }, place: number])[];
  /** The places of the outputs. */
  readonly outputs: readonly number[];
  /** The places whose memory nothing needs afterwards. */
  readonly free: readonly number[];
}

/** The calls of a recorded step in their order. They have the same shapes in each run. */
export interface CallPlan {
  readonly calls: readonly PlannedCall[];
  /** What is in the memory of each place. */
  readonly places: readonly tf.TensorInfo[];
  /** The places that are filled before each run. */
  readonly given: readonly number[];
  /** The places whose memory is needed after a run: a tensor of its own in each run. */
  readonly results: readonly number[];
}

/** One run of a plan. */
export interface PlanRun {
  /** The memory of each place; undefined for a place that has none now, or none of its own. */
  readonly memory: (object | undefined)[];
  /** Runs one call as always: new memory for its outputs, then frees the places that nothing needs. */
  compute(call: PlannedCall): void;
  /** Frees the memory of a place, if it has any. */
  free(place: number): void;
}

/** Calls that a backend runs with less work than their kernels, and to the same bits. */
export interface PreparedCalls {
  /** Fills the places of the results. Returns false, with nothing changed, if there is no room to run this way. */
  run(run: PlanRun): boolean;
  dispose(): void;
}
