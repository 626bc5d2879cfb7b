import { KeepfitError } from '@keepfit/callbacks';
import type { SavedTensor } from '@keepfit/callbacks/checkpoint';
import { formatValue } from '@keepfit/callbacks/internal';
import { joinParts, type Part } from './kinds.js';

/** A weight of a Keras file. */
export interface KerasWeight {
  readonly parts: readonly Part[];
  readonly role: string;
  readonly place?: string;
  readonly tensor: SavedTensor;
}

/** The content of a safetensors file with weights under Keras' paths. */
export interface KerasWeights {
  readonly tensors: ReadonlyMap<string, SavedTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Names weights by Keras' paths. If these do not tell two apart, the names of all models around a layer are
 * put before.
 *
 * @param knows What the file tells: names and the whole order, or an order that shapes refute if it is wrong, or
 * places, or names alone, or places alone. In the last case the names are those of the places, which
 * `importWeights` does not compare.
 * @throws KEEPFIT_INVALID_DATA when two weights have the same path, or there is none.
 */
export function collectWeights(
  weights: readonly KerasWeight[],
  knows: 'order' | 'likely order' | 'places' | 'names' | 'only places',
): KerasWeights {
  if (weights.length === 0)
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      'the file holds no weights; save the model once it is built',
    );
  const short = weights.map(({ parts, role }) => `${joinParts(parts, false)}/${role}`);
  const counts = new Map<string, number>();
  for (const path of short) counts.set(path, (counts.get(path) ?? 0) + 1);
  const tensors = new Map<string, SavedTensor>();
  const places: Record<string, string> = {};
  for (const [index, { parts, role, place = '', tensor }] of weights.entries()) {
    const path =
      counts.get(short[index] as string) === 1
        ? (short[index] as string)
        : `${joinParts(parts, true)}/${role}`;
    if (tensors.has(path))
      throw new KeepfitError(
        'KEEPFIT_INVALID_DATA',
        `two weights have the path ${formatValue(path)}; give the layers different names in Keras`,
      );
    tensors.set(path, tensor);
    places[path] = place;
  }
  const metadata: Record<string, string> = {};
  if (knows === 'order') metadata['keras.order'] = JSON.stringify([...tensors.keys()]);
  if (knows === 'likely order') metadata['keras.likelyOrder'] = JSON.stringify([...tensors.keys()]);
  if (knows === 'places' || knows === 'only places') metadata['keras.places'] = JSON.stringify(places);
  if (knows === 'only places') metadata['keras.names'] = 'unknown';
  return { tensors, metadata };
}
