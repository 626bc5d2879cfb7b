import type { Capture, SavedTraining, StateValue, TrainingCapture } from './state.js';

/** One item in which a checkpoint and the training at hand differ. */
export interface Difference {
  /** What differs, for instance `batchSize` or `weights["dense/kernel"].shape`. */
  readonly item: string;
  readonly saved: StateValue;
  readonly current: StateValue;
  /** Whether a restore is possible all the same; what is computed from there on may then differ from the run that was saved. */
  readonly canContinue: boolean;
}

/** The logs of the epochs so far. `History` is its implementation. */
export interface TrainingHistory {
  /** The epochs recorded, by their absolute numbers. */
  readonly epoch: readonly number[];
  /** One list per log key, as long as there were epochs with that key. */
  readonly history: Readonly<Record<string, readonly number[]>>;
}

/**
 * What callbacks see of the trainer that runs them. Free of tfjs, so that any other trainer can implement it.
 */
export interface TrainerView {
  /** Set in any hook: the epoch ends after the batch at hand, is validated, and training ends as complete. */
  stopTraining: boolean;
  /**
   * Set by a callback that ends a training whose state is not worth keeping: no backup is made from here on, and the last one stays
   * when training ends.
   */
  keepLastBackup: boolean;
  /** The optimizer's current learning rate. */
  learningRate: number;
  /** The whole run's history, epochs before a crash included. */
  readonly history: TrainingHistory;

  /**
   * Asks for a capture of the training at this point. It is taken once all hooks of this point have run and handed to the sink,
   * which the loop awaits; the sink owns it and disposes it when it is written.
   */
  requestBackup(sink: (capture: TrainingCapture) => void | Promise<void>): void;
  /** In what a saved training differs from this one. Touches nothing. */
  compare(saved: SavedTraining): readonly Difference[];
  /**
   * Puts a saved training in place: weights and optimizer at once, the rest where the loop reaches the saved point.
   * All is restored or nothing. Only in `onTrainBegin`. Where several are given, the furthest wins; resolves false for one that lost.
   */
  restore(saved: SavedTraining): Promise<boolean>;

  /** Whether a log is better the smaller (`'min'`) or the larger it is, where the trainer knows. */
  metricDirection?(logKey: string): 'min' | 'max' | undefined;

  /** Whether no weight is NaN or infinite. Waits for the device. */
  weightsAreFinite(): Promise<boolean>;
  /** Holds the current weights. The caller disposes them. */
  captureWeights(): Capture;
  /** Puts back weights captured from this model, or read from its checkpoint. */
  restoreWeights(weights: Capture): Promise<void>;
  /**
   * Moves a running average of the weights on: each trainable weight becomes `momentum * average + (1 - momentum) * weight`, computed in
   * its own type, on the device; every other weight is taken as it is now. Without `average` all are.
   *
   * The result is the caller's to dispose and fits `restoreWeights`; `average` stays the caller's, and is one that this function gave, or
   * the same read from a checkpoint. Only where the trainer can; `SwapEMAWeights` needs it.
   */
  averageWeights?(average: Capture | undefined, momentum: number): Promise<Capture>;

  /** Runs `release` when fit settles, either way; last deferred, first run. */
  defer(release: () => void | Promise<void>): void;
}
