import type { Capture, SavedTraining, StateValue, TrainingCapture } from './state.js';

/** One difference between a checkpoint and the current training. */
export interface Difference {
  /** The item that differs, for instance `batchSize` or `weights["dense/kernel"].shape`. */
  readonly item: string;
  readonly saved: StateValue;
  readonly current: StateValue;
  /** Whether a restore is still possible; the results may then differ from those of the saved run. */
  readonly canContinue: boolean;
}

/** The logs of the epochs so far. `History` is its implementation. */
export interface TrainingHistory {
  /** The recorded epochs, by their absolute numbers. */
  readonly epoch: readonly number[];
  /** One list per log key, with an entry for each epoch that had the key. */
  readonly history: Readonly<Record<string, readonly number[]>>;
}

/** The part of the trainer that callbacks see. Free of tfjs, so that any other trainer can implement it. */
export interface TrainerView {
  /**
   * Set in any hook: the epoch ends after the current batch, is validated, and training ends as complete. A
   * restored state replaces what hooks set before; a stop from outside hooks goes to the trainer itself.
   */
  stopTraining: boolean;
  /**
   * Set by a callback that ends a training whose state is not worth keeping: no further backup is made, and
   * the last one stays when training ends.
   */
  keepLastBackup: boolean;
  /** The optimizer's current learning rate. */
  learningRate: number;
  /** The history of the whole run, including epochs before a crash. */
  readonly history: TrainingHistory;

  /**
   * Requests a capture of the training at this point. It is taken after all hooks of this point have run and
   * handed to the sink, which the loop awaits. The sink owns the capture and disposes it after writing. Within
   * a validation it is a capture from before that; before a saved state is restored, one from after that.
   */
  requestBackup(sink: (capture: TrainingCapture) => void | Promise<void>): void;
  /**
   * Lists the differences between a saved training and this one. The model is unchanged. A trainer may open
   * its data and make a batch again, to find out whether they are the same.
   */
  compare(saved: SavedTraining): Promise<readonly Difference[]>;
  /**
   * Restores a saved training: weights and optimizer at once, the rest when the loop reaches the saved point.
   * Restores everything or nothing. Call it in `onTrainBegin` only. If several trainings are given, the
   * furthest wins; resolves to false for one that lost.
   */
  restore(saved: SavedTraining): Promise<boolean>;

  /**
   * Whether smaller (`'min'`) or larger (`'max'`) values of a log are better; undefined if the trainer does
   * not know.
   */
  metricDirection?(logKey: string): 'min' | 'max' | undefined;

  /** Whether all weights are finite. Waits for the device. */
  weightsAreFinite(): Promise<boolean>;
  /** Captures the current weights. The caller disposes the capture. */
  captureWeights(): Capture;
  /** Restores weights captured from this model or read from its checkpoint. */
  restoreWeights(weights: Capture): Promise<void>;
  /**
   * Updates a running average of the weights: each trainable weight becomes
   * `momentum * average + (1 - momentum) * weight`, computed in its own type, on the device. Every other
   * weight takes its current value. Without `average`, all do.
   *
   * The caller disposes the result, which fits `restoreWeights`. `average` remains the caller's: an earlier
   * result of this function, or the same read from a checkpoint. Optional for trainers; `SwapEMAWeights`
   * needs it.
   */
  averageWeights?(average: Capture | undefined, momentum: number): Promise<Capture>;

  /**
   * Runs `release` when the fit, evaluation or prediction settles, whether it resolves or rejects; the last
   * deferred runs first.
   */
  defer(release: () => void | Promise<void>): void;
}
