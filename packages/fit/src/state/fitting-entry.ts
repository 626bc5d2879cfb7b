import { type CaptureEntry, KeepfitError } from '@keepfit/callbacks';
import type { NamedWeight } from '../contract/model.js';

/** The entry of captured weights that belongs to this weight. @throws KEEPFIT_INVALID_STATE where it is not there, or of another kind. */
export function fittingEntry(
  entries: ReadonlyMap<string, CaptureEntry>,
  { name, variable }: NamedWeight,
): CaptureEntry {
  const entry = entries.get(`weights/${name}`);
  if (entry !== undefined && entry.dtype === variable.dtype && entry.shape.join() === variable.shape.join())
    return entry;
  throw new KeepfitError(
    'KEEPFIT_INVALID_STATE',
    `the captured weights do not fit the model at "${name}"; capture them from this model`,
  );
}
