import { KeepfitError } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import { checkStateIsFound, readPlaces } from './check-state-is-found.js';
import { getOptimizerClass, hasOwnState } from './optimizer-kind.js';
import { findFieldTensors } from './read-fields.js';
import { TensorWatch } from './tensor-watch.js';
import type { WeightNames } from './weight-names.js';

/**
 * Finds out what an optimizer's state cannot be saved by: tensors that it keeps where nobody can read them, in
 * closures or private fields, and names that it does not find again in another process.
 */
export class HiddenTensors {
  readonly #found = new Set<tf.Tensor>();

  /**
   * Runs a step of the optimizer. It wraps what belongs to the model, not to the optimizer, in `except`.
   *
   * @param isRestored Whether the step must use the state that was written into the optimizer.
   * @throws KEEPFIT_CHECKPOINT_MISMATCH when the optimizer begins its state from scratch after a restore.
   */
  watch(
    optimizer: tf.Optimizer,
    names: WeightNames,
    isRestored: boolean,
    step: (except: <T>(work: () => T) => T) => void,
  ): void {
    const restored = isRestored ? readPlaces(optimizer, names) : undefined;
    if (hasOwnState(optimizer)) step((work) => work());
    else this.#watchFields(optimizer, names, step);
    if (restored !== undefined) checkStateIsFound(optimizer, restored, readPlaces(optimizer, names));
  }

  #watchFields(
    optimizer: tf.Optimizer,
    names: WeightNames,
    step: (except: <T>(work: () => T) => T) => void,
  ): void {
    const watch = new TensorWatch();
    watch.during(() => step((work) => watch.except(work)));
    const survivors = watch.survivors().filter((tensor) => names.findWeight(tensor) === undefined);
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
