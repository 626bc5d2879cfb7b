import { KeepfitError } from '@keepfit/callbacks';
import type { SavedTensor } from '@keepfit/callbacks/checkpoint';
import { tensorsIn } from './tensors-in.js';

const WEIGHTS = 'weights/';

/** The weights of a checkpoint by the names that the model gives them, or all its tensors by their names in the file. */
export function exportedTensors(path: string, bytes: Uint8Array, all: boolean): Map<string, SavedTensor> {
  const tensors = tensorsIn(bytes);
  if (all) return tensors;
  const weights = [...tensors].filter(([name]) => name.startsWith(WEIGHTS) && name.length > WEIGHTS.length);
  // The format keeps this name for itself.
  const named = weights.map(
    ([name, tensor]) =>
      [name === `${WEIGHTS}__metadata__` ? name : name.slice(WEIGHTS.length), tensor] as const,
  );
  if (named.length > 0) return new Map(named);
  const message = `${path} holds no tensors named ${WEIGHTS}…: it is not of keepfit's trainer; give --all`;
  throw new KeepfitError('KEEPFIT_INVALID_DATA', message);
}
