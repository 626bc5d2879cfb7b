import type * as tf from '@tensorflow/tfjs-core';
import type { NamedOptimizerOption, WeightSelection } from '../optimizer/select-weights.js';
import type { StepBatch } from './step-batch.js';
import type { StepRandom } from './step-random.js';

/** Values for the logs by key: scalars, which are read later, or numbers. */
export type StepLogs = Readonly<Record<string, tf.Tensor | number>>;

/** What the loss of a phase is given beside the batch. */
export interface PhaseContext {
  /** Random numbers of this step. tfjs' random ops without a seed draw from the same ones. */
  readonly random: StepRandom;
  /** False in validation and evaluation: nothing is updated then. Pass it to the layers. */
  readonly training: boolean;
}

/** What the loss of a phase may return instead of the scalar alone. */
export interface PhaseResult {
  /** The mean loss of the batch, float32 []. */
  readonly loss: tf.Tensor;
  /** More values for the logs, such as the terms of the loss. */
  readonly logs?: StepLogs;
  /** The model's outputs for the batch, which the trainer's metrics compare with the targets. */
  readonly outputs?: tf.Tensor | readonly tf.Tensor[];
}

/** One part of a step: a loss, and the optimizer and weights that minimize it. */
export interface Phase<Optimizer = tf.Optimizer> {
  /** Begins its log key `<name>_loss`, and names its optimizer in checkpoints: letters, digits, `_` and `-`. */
  readonly name: string;
  /** Of this phase alone: its state belongs to the weights of the phase. */
  readonly optimizer: Optimizer;
  /**
   * The weights that the phase trains, of those that are trainable.
   *
   * @default all
   */
  readonly weights?: WeightSelection;
  /**
   * Computes the loss of a batch. It must be a pure synchronous function of the weights, the batch and `random`,
   * made of operations that have gradients: it changes no weight and keeps no tensor. The moving statistics that
   * layers write in training are the exception.
   */
  loss(batch: StepBatch, context: PhaseContext): tf.Tensor | PhaseResult;
}

/** The options of a `Trainer` with phases. */
export interface PhasesOptions<Optimizer = tf.Optimizer> {
  /** The phases of a step. Each is applied before the next one computes its loss. */
  readonly phases: readonly Phase<Optimizer>[];
}

/** What `trainStep` is given beside the batch. */
export interface TrainStepContext {
  /** Random numbers of this step. tfjs' random ops without a seed draw from the same ones. */
  readonly random: StepRandom;
  /**
   * Trains the weights of an optimizer by one step that lowers a loss. Returns the loss.
   *
   * @throws KEEPFIT_INVALID_OPTION when there is no optimizer of this name.
   */
  minimize(optimizer: string, loss: () => tf.Tensor): tf.Scalar;
  /**
   * The gradients of a loss for the weights of an optimizer, by the names of the weights. A weight that the loss
   * does not depend on has none.
   *
   * @throws KEEPFIT_INVALID_OPTION when there is no optimizer of this name, or it takes whole steps only.
   */
  gradients(
    optimizer: string,
    loss: () => tf.Tensor,
  ): { readonly loss: tf.Scalar; readonly gradients: Readonly<Record<string, tf.Tensor>> };
  /**
   * Trains the weights of an optimizer by gradients. A weight without one stays as it is.
   *
   * @throws KEEPFIT_INVALID_OPTION when there is no optimizer of this name, or it does not train such a weight.
   */
  apply(optimizer: string, gradients: Readonly<Record<string, tf.Tensor>>): void;
}

/** The options of a `Trainer` with a step of your own. */
export interface TrainStepOptions<Optimizer = tf.Optimizer> {
  /** The optimizers by name, each alone or with the weights that it trains: by default all trainable ones. */
  readonly optimizers: Readonly<Record<string, NamedOptimizerOption<Optimizer>>>;
  /**
   * Trains on a batch, and returns values for the logs, `loss` among them. Synchronous. It may assign weights of
   * the model; what it keeps elsewhere from batch to batch is not in the checkpoint. The tensors that it makes
   * are freed.
   */
  trainStep(batch: StepBatch, context: TrainStepContext): StepLogs;
  /**
   * Evaluates a batch, and returns values for the logs. It changes nothing.
   *
   * @default validation and evaluation are refused
   */
  testStep?(batch: StepBatch, context: Pick<TrainStepContext, 'random'>): StepLogs;
}
