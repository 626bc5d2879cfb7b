import { KeepfitError } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import { getOptimizerClass, hasOwnState, isStock } from './optimizer-kind.js';
import { findFieldTensors } from './read-fields.js';
import { TensorWatch } from './tensor-watch.js';
import type { WeightNames } from './weight-names.js';

/** Finds out which tensors an optimizer keeps where nobody can read them: in closures, in private fields. */
export class HiddenTensors {
  readonly #found = new Set<tf.Tensor>();

  /** Runs a step of the optimizer. It wraps what belongs to the model, not to the optimizer, in `except`. */
  watch(optimizer: tf.Optimizer, names: WeightNames, step: (except: <T>(work: () => T) => T) => void): void {
    if (isStock(optimizer) || hasOwnState(optimizer)) {
      step((work) => work());
      return;
    }
    const watch = new TensorWatch();
    watch.during(() => step((work) => watch.except(work)));
    const survivors = watch.survivors().filter((tensor) => !names.isWeight(tensor));
    if (survivors.length === 0) return;
    const inFields = findFieldTensors(optimizer, names);
    for (const tensor of survivors) if (!inFields.has(tensor)) this.#found.add(tensor);
  }

  /**
   * Before a backup, which holds these tensors of the optimizer.
   *
   * @throws KEEPFIT_INVALID_OPTION when the optimizer has others.
   */
  check(optimizer: tf.Optimizer, reachable: Iterable<tf.Tensor>): void {
    for (const tensor of this.#found) if (tensor.isDisposed) this.#found.delete(tensor);
    if (this.#found.size === 0) return;
    const known = new Set(reachable);
    const hidden = [...this.#found].filter((tensor) => !known.has(tensor));
    if (hidden.length === 0) return;
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `the optimizer ${getOptimizerClass(optimizer)} cannot be backed up: its steps leave ${hidden.length} tensors (the first is ${hidden[0]?.dtype} [${hidden[0]?.shape.join()}]) that none of its fields holds. ` +
        'If they are its state, keep them in fields that are not private, or implement readState and writeState; ' +
        'if they are left over, wrap the computation in tf.tidy. Without BackupAndRestore it trains as it is',
    );
  }
}
