import type { StateRecord, StateValue } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';

/** A weight of a model under a name that is the same in every process. */
export interface NamedWeight {
  /**
   * Unique in the model, for instance `dense/kernel`. Not tfjs' variable names: these count up with every
   * variable made.
   */
  readonly name: string;
  readonly variable: tf.Variable;
  /** Whether the optimizer trains it. May change between steps. */
  readonly trainable: boolean;
  /**
   * Applied after each step that trains the weight: returns the value that the weight takes.
   *
   * @default none
   */
  readonly constraint?: (value: tf.Tensor) => tf.Tensor;
  /**
   * What the values make together that a forward pass in training assigns to the weight in several shards of a batch:
   * their mean, each shard counting by its rows. For float32, such as moving averages.
   *
   * @default a training in shards is refused if the forward pass assigns the weight
   */
  readonly merge?: 'mean';
}

/**
 * A state that a model carries from batch to batch beside its weights, under a name that is the same in every
 * process.
 */
export interface NamedState {
  /** Unique among the states of the model, for instance `lstm/0`. */
  readonly name: string;
  /** The current values. The caller disposes the tensor, and nobody writes into its memory. */
  read(): tf.Tensor;
  /** Takes these values. The tensor stays the caller's. */
  write(values: tf.Tensor): void;
}

/** What a recorded step relies on in a model. See docs/recorded-steps.md. */
export interface ModelRecording {
  /**
   * Why a step of the model cannot be recorded, such as `the layer "x" (class Mine) is not one of tfjs-layers`;
   * undefined if it can.
   */
  readonly refusal: string | undefined;
  /** The normal distributions from which its layers draw noise, beside uniform noise in [0, 1). */
  readonly noise: readonly { readonly mean: number; readonly stdDev: number }[];
  /**
   * What has changed in the configuration since this was made, such as `the rate of the layer "dropout"`;
   * undefined for nothing. Called before each replayed step, so it must be cheap: a few microseconds.
   */
  findChange(): string | undefined;
}

/**
 * A trainer trains weights and a function of them. Anything that computes with tfjs can be a model;
 * `fromLayers` of `@keepfit/layers` makes one from a tfjs-layers model.
 */
export interface Model {
  /** All weights, trainable or not, always in the same order. Read at each step. */
  readonly weights: readonly NamedWeight[];
  /**
   * Other values that a batch leaves to the next, such as the states of stateful recurrent layers.
   * Checkpoints have them too.
   *
   * @default none
   */
  readonly states?: readonly NamedState[];
  /**
   * Computes the outputs of a batch; the first axis of each is the batch. One input or output is a tensor,
   * several are a list. Synchronous; the caller tidies the tensors that it makes on the way.
   */
  call(inputs: tf.Tensor | tf.Tensor[], context: { readonly training: boolean }): tf.Tensor | tf.Tensor[];
  /**
   * For each output the part that counts in losses and metrics, float or bool [batch] or [batch, time], or
   * undefined if all of it counts. Keras calls it the mask of the output. Called after `call`, in training and
   * in evaluation.
   *
   * @default all counts
   */
  masks?(inputs: tf.Tensor | tf.Tensor[]): readonly (tf.Tensor | undefined)[];
  /**
   * Losses added to that of the outputs, in training and in evaluation: of the weights, such as regularizers,
   * or of the activations of the batch. Called after `call`, in the same tidy and the same gradient tape.
   */
  losses?(): tf.Scalar[];
  /**
   * The part of the model that needs a kernel which the backend lacks, such as `layer "conv2d"`. The error
   * about the kernel names it. Called only then, with the inputs of the batch; the tensors that it computes
   * are freed. When `training` is false, gradients need not be searched.
   *
   * @default not named
   */
  whereKernelIsNeeded?(
    kernel: string,
    inputs: tf.Tensor | tf.Tensor[],
    context: { readonly training: boolean },
  ): string | undefined;
  /**
   * Describes what a recorded step relies on. Called between steps, never in one.
   *
   * @default a step is only recorded with `replay: true`
   */
  describeRecording?(): ModelRecording;
  /**
   * Why a step of the model cannot be computed in shards of a batch, such as `the layer "dropout" has a seed of its own`;
   * undefined if it can. A model with `states` cannot in any case.
   *
   * @default it can
   */
  findShardRefusal?(): string | undefined;
  /**
   * Plain data from which another thread can make this model with new weights, or a text that says why there is none.
   *
   * @default workers need a module that makes the model
   */
  describeSource?(): StateRecord | string;
  /** The names of several inputs, by which data may be given as a record. */
  readonly inputNames?: readonly string[];
  /** The names of the outputs: if there are several, log keys begin with them. */
  readonly outputNames?: readonly string[];
  /**
   * Other names of the outputs, in the same order, by which data, losses and metrics may be given too.
   *
   * @default none
   */
  readonly outputAliases?: readonly string[];
  /**
   * A flag of the model itself by which a program ends training, as `stopTraining` of a tfjs-layers model. A fit sets
   * it to false when it begins, and ends after the batch or epoch in which it is true. The run counts as complete.
   *
   * @default the model has no such flag
   */
  stopTraining?: boolean;
  /**
   * A description for the fingerprint of a checkpoint, the same in every process that builds the same model.
   */
  readonly config?: StateValue;
}
