import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedWeight } from '../contract/model.js';
import { applyGradients } from './apply-gradients.js';
import { minimize } from './minimize.js';
import { OptimizerWatch } from './optimizer-watch.js';
import { SlotOrder } from './slot-order.js';
import type { WeightNames } from './weight-names.js';

/** An optimizer in a training: the weights that it trains, and what belongs to its state. */
export class OptimizerRole {
  readonly optimizer: tf.Optimizer;
  /** The name of its phase; undefined if the training has one optimizer, which needs no name. */
  readonly name: string | undefined;
  readonly slots: SlotOrder;
  readonly watch: OptimizerWatch;
  readonly #trains: (weight: NamedWeight) => boolean;

  /** @param former The role that the same optimizer had before: what is known of its state still holds. */
  constructor(
    optimizer: tf.Optimizer,
    name?: string,
    trains: (weight: NamedWeight) => boolean = () => true,
    former?: Pick<OptimizerRole, 'slots' | 'watch'>,
  ) {
    this.optimizer = optimizer;
    this.name = name;
    this.#trains = trains;
    this.slots = former?.slots ?? new SlotOrder();
    this.watch = former?.watch ?? new OptimizerWatch();
  }

  /** What differences and messages call it. */
  get item(): string {
    return this.name === undefined ? 'optimizer' : `optimizers.${this.name}`;
  }

  /** What the names of its tensors begin with in checkpoints. */
  get prefix(): string {
    return this.name === undefined ? 'optimizer/' : `optimizers/${this.name}/`;
  }

  /** The model's weights as this optimizer has them: those of other optimizers are frozen. */
  view(weights: readonly NamedWeight[]): readonly NamedWeight[] {
    if (this.name === undefined) return weights;
    return weights.map((weight) =>
      weight.trainable && !this.#trains(weight) ? { ...weight, trainable: false } : weight,
    );
  }

  /** The names under which the state of the optimizer has the weights. */
  names(weights: readonly NamedWeight[]): WeightNames {
    return this.slots.names(this.view(weights));
  }

  /** Brings the slots into the order of the weights that are trained now. */
  align(weights: readonly NamedWeight[]): void {
    this.slots.alignTo(this.optimizer, this.view(weights));
  }

  /**
   * Trains its weights by one step. Synchronous: the watch must be prepared.
   *
   * @param onGradients Called when the gradients are known, before weights change.
   */
  minimize(
    weights: readonly NamedWeight[],
    loss: () => tf.Scalar,
    onGradients?: (count: number) => void,
  ): void {
    this.#step(weights, (trained, except) =>
      minimize(this.optimizer, () => except(loss), trained, onGradients),
    );
  }

  /** Trains its weights by gradients that were computed before, by the weights' names. */
  apply(weights: readonly NamedWeight[], gradients: ReadonlyMap<string, tf.Tensor>): void {
    this.#step(weights, (trained) =>
      applyGradients(
        this.optimizer,
        trained.map(({ name, variable }) => ({ variable, gradient: gradients.get(name) })),
      ),
    );
  }

  /** Trains its weights by gradients in the order of `listTrained`. */
  applyInOrder(weights: readonly NamedWeight[], gradients: readonly (tf.Tensor | undefined)[]): void {
    this.#step(weights, (trained) =>
      applyGradients(
        this.optimizer,
        trained.map(({ variable }, index) => ({ variable, gradient: gradients[index] })),
      ),
    );
  }

  /**
   * The weights that a step trains, in the order of the optimizer's slots.
   *
   * @throws KEEPFIT_INVALID_DATA when there is none.
   */
  listTrained(weights: readonly NamedWeight[]): NamedWeight[] {
    const trained = this.view(weights).filter(({ trainable }) => trainable);
    if (trained.length > 0) return trained;
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      this.name === undefined
        ? 'the model has no trainable weight; build it before fit, and let at least one weight be trainable'
        : `none of the weights of "${this.name}" is trainable; let at least one be trainable`,
    );
  }

  #step(
    weights: readonly NamedWeight[],
    step: (trained: readonly NamedWeight[], except: <T>(work: () => T) => T) => void,
  ): void {
    const trained = this.listTrained(weights);
    this.align(weights);
    this.watch.during(
      this.optimizer,
      () => this.names(weights),
      (except) => step(trained, except),
    );
    trained.forEach(constrain);
  }
}

function constrain({ variable, constraint }: NamedWeight): void {
  if (constraint !== undefined) tf.tidy(() => variable.assign(constraint(variable)));
}
