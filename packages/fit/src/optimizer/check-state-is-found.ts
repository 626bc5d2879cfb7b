import { KeepfitError } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import { getOptimizerClass, hasOwnState } from './optimizer-kind.js';
import { readOwnState } from './own-state.js';
import { readFields } from './read-fields.js';
import type { WeightNames } from './weight-names.js';

/** The data of each tensor of an optimizer's state, by its name in checkpoints. */
export type Places = ReadonlyMap<string, object>;

/** Reads which data an optimizer's state consists of now. */
export function readPlaces(optimizer: tf.Optimizer, names: WeightNames): Places {
  const { tensors } = hasOwnState(optimizer)
    ? readOwnState(optimizer.readState(), names)
    : readFields(optimizer, names);
  return new Map([...tensors].map(([name, { dataId }]) => [name, dataId]));
}

/**
 * After the first step that follows a restore: an optimizer that leaves the restored tensors of a field alone
 * and makes others beside them looks for them under names that keepfit cannot translate.
 *
 * @throws KEEPFIT_CHECKPOINT_MISMATCH when it does.
 */
export function checkStateIsFound(optimizer: tf.Optimizer, restored: Places, now: Places): void {
  const added = [...now.keys()].filter((name) => !restored.has(name));
  const lost = added.find((name) => {
    const beside = [...restored].filter(([other]) => fieldOf(other) === fieldOf(name));
    return beside.length > 0 && beside.every(([other, data]) => now.get(other) === data);
  });
  if (lost === undefined) return;
  throw new KeepfitError(
    'KEEPFIT_CHECKPOINT_MISMATCH',
    `the optimizer ${getOptimizerClass(optimizer)} did not find its restored state: it made "${lost}" from scratch, and left what was restored beside it alone. ` +
      'Key its state by the names of the variables, whole or set off by a slash, by the variables or by their positions; or implement readState and writeState. The checkpoint is unchanged',
  );
}

/** The field that a name begins with. Names without one are of one kind. */
function fieldOf(name: string): string {
  const at = name.indexOf('/');
  return at < 0 ? '' : name.slice(0, at);
}
