import type { StateValue } from '@keepfit/callbacks';
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';

/** A weight of a model under a name that is the same in every process. */
export interface NamedWeight {
  /** Unique in the model, for instance `dense/kernel`. Not tfjs' variable names: these count up with every variable made. */
  readonly name: string;
  readonly variable: Variable;
  /** Whether the optimizer trains it. May change between steps. */
  readonly trainable: boolean;
  /** Applied after each step: returns the value that the weight is to have. @default none */
  readonly constraint?: (value: Tensor) => Tensor;
}

/** What a model remembers from batch to batch beside its weights, under a name that is the same in every process. */
export interface NamedState {
  /** Unique among the states of the model, for instance `lstm/0`. */
  readonly name: string;
  /** The values as they are now. The caller disposes the tensor, and nobody writes into its memory. */
  read(): Tensor;
  /** Takes on these values. The tensor stays the caller's. */
  write(values: Tensor): void;
}

/**
 * What the trainer trains: weights, and a function of them. Anything that computes with tfjs can be one; `fromLayers` of
 * `@keepfit/layers` makes one of a tfjs-layers model.
 */
export interface Model {
  /** All weights, trainable or not, always in the same order. Read at each step. */
  readonly weights: readonly NamedWeight[];
  /** What else a batch leaves behind for the next, such as the states of stateful recurrent layers; in checkpoints too. @default none */
  readonly states?: readonly NamedState[];
  /**
   * Computes the outputs of a batch; the first axis of each is the batch. One input or output comes and goes as a tensor, several as a
   * list. Synchronous, and tensors it makes on the way are the caller's to tidy.
   */
  call(inputs: Tensor | Tensor[], context: { readonly training: boolean }): Tensor | Tensor[];
  /**
   * For each output the part that counts in losses and metrics, float or bool [batch] or [batch, time], or undefined where all does: what
   * Keras calls the mask of the output. Called once a batch. @default all counts
   */
  masks?(inputs: Tensor | Tensor[]): readonly (Tensor | undefined)[];
  /** Losses of the weights themselves, such as regularizers, added to the loss of each step. */
  losses?(): Scalar[];
  /**
   * Where the model needs a kernel that its backend lacks, such as `layer "conv2d"`, for the error that says so. Called only then, with the
   * inputs of the batch; what it computes is freed. Not in training, only `call` without gradients is in question. @default not said
   */
  whereKernelIsNeeded?(
    kernel: string,
    inputs: Tensor | Tensor[],
    context: { readonly training: boolean },
  ): string | undefined;
  /** The names of several inputs, where data may be given as a record. */
  readonly inputNames?: readonly string[];
  /** The names of the outputs: they head the log keys where there are several. */
  readonly outputNames?: readonly string[];
  /** What the model is built of, for the fingerprint of a checkpoint: the same in every process that builds the same model. */
  readonly config?: StateValue;
}
