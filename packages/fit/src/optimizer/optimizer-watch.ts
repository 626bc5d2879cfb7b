import type * as tf from '@tensorflow/tfjs-core';
import type { HiddenTensors } from './hidden-tensors.js';
import { loadOwnOptimizer } from './load-own-optimizer.js';
import { isStock } from './optimizer-kind.js';
import type { WeightNames } from './weight-names.js';

/** Watches an optimizer whose class tfjs does not bring; see `HiddenTensors`. tfjs' own are known. */
export class OptimizerWatch {
  #hidden: HiddenTensors | undefined;
  #isRestored = false;

  /** Before steps, which are synchronous: loads what watches the optimizer, if it needs that. */
  async prepare(optimizer: tf.Optimizer): Promise<void> {
    if (this.#hidden !== undefined || isStock(optimizer)) return;
    const { HiddenTensors } = await loadOwnOptimizer();
    this.#hidden = new HiddenTensors();
  }

  /** The next step must use the state that was written into the optimizer. */
  noteRestore(): void {
    this.#isRestored = true;
  }

  /**
   * Runs a step of the optimizer. It wraps what belongs to the model, not to the optimizer, in `except`.
   *
   * @throws KEEPFIT_CHECKPOINT_MISMATCH when the optimizer begins its state from scratch after a restore.
   */
  during(
    optimizer: tf.Optimizer,
    getNames: () => WeightNames,
    step: (except: <T>(work: () => T) => T) => void,
  ): void {
    if (this.#hidden === undefined || isStock(optimizer)) {
      step((work) => work());
      return;
    }
    const isRestored = this.#isRestored;
    this.#isRestored = false;
    this.#hidden.watch(optimizer, getNames(), isRestored, step);
  }

  /**
   * Before a backup, which holds these tensors of the optimizer.
   *
   * @throws KEEPFIT_INVALID_OPTION when the optimizer has others.
   */
  check(optimizer: tf.Optimizer, reachable: Iterable<tf.Tensor>): void {
    this.#hidden?.check(optimizer, reachable);
  }
}
