import { KeepfitError } from '@keepfit/callbacks';
import type { SavedTensor } from '@keepfit/callbacks/checkpoint';
import { readTensors } from './decode-file.js';

const WEIGHTS = 'weights/';

/**
 * Selects the weights of a checkpoint, by their names in the model, or all its tensors, by their names in the
 * file.
 */
export function selectTensors(path: string, bytes: Uint8Array, all: boolean): Map<string, SavedTensor> {
  const tensors = readTensors(bytes);
  if (all) return tensors;
  const weights = [...tensors].filter(([name]) => name.startsWith(WEIGHTS) && name.length > WEIGHTS.length);
  // The format reserves this name.
  const named = weights.map(
    ([name, tensor]) =>
      [name === `${WEIGHTS}__metadata__` ? name : name.slice(WEIGHTS.length), tensor] as const,
  );
  if (named.length > 0) return new Map(named);
  const message = `${path} holds no tensors named ${WEIGHTS}…: it was not saved by keepfit's trainer; give --all`;
  throw new KeepfitError('KEEPFIT_INVALID_DATA', message);
}
