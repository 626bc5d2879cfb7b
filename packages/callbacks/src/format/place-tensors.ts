import type { CaptureEntry } from '../capture.js';
import { isCount } from '../check-options.js';
import { KeepfitError } from '../keepfit-error.js';
import { DEFAULT_LIMITS } from './checkpoint-limits.js';
import { isCaptureEntry } from './is-capture-entry.js';
import { byteLengthOf, ITEM_TYPES } from './item-type.js';
import { shown } from '../shown.js';

/** A tensor to be written, with its place after the header. */
export interface PlacedTensor {
  readonly entry: CaptureEntry;
  readonly begin: number;
  readonly end: number;
}

/**
 * Gives each tensor its place: those of larger items first, so that each is aligned to its item size, then by name.
 * The last of the given tensors, which is that of the checksums, stays the last.
 *
 * @throws KEEPFIT_INVALID_STATE for a tensor that the file cannot hold.
 */
export function placeTensors(entries: readonly CaptureEntry[], last: CaptureEntry): PlacedTensor[] {
  if (entries.length >= DEFAULT_LIMITS.maxTensors) {
    const limit = DEFAULT_LIMITS.maxTensors - 1;
    throw new KeepfitError(
      'KEEPFIT_INVALID_STATE',
      `a checkpoint holds at most ${limit} tensors, not ${entries.length}`,
    );
  }
  const names = new Set([last.name]);
  for (const entry of entries) {
    checkEntry(entry);
    if (names.has(entry.name))
      refuse(entry.name, 'has the name of another tensor of the checkpoint; each needs its own');
    names.add(entry.name);
  }
  let end = 0;
  return [...entries]
    .sort(byItemSizeAndName)
    .concat(last)
    .map((entry) => {
      const begin = end;
      end += byteLengthOf(entry.dtype, entry.shape);
      if (!Number.isSafeInteger(end)) refuse(entry.name, 'makes the checkpoint larger than any file');
      return { entry, begin, end };
    });
}

function byItemSizeAndName(a: CaptureEntry, b: CaptureEntry): number {
  return ITEM_TYPES[b.dtype].size - ITEM_TYPES[a.dtype].size || (a.name < b.name ? -1 : 1);
}

function checkEntry(entry: CaptureEntry): void {
  if (!isCaptureEntry(entry)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_STATE',
      `a captured tensor must have a name and a read function; one is ${shown(entry)}`,
    );
  }
  const { name, dtype, shape } = entry;
  if (name === '__metadata__') refuse(name, 'has a name that the file format keeps for itself');
  if (/\p{Surrogate}/u.test(name)) refuse(name, 'has a lone surrogate in its name, which UTF-8 cannot say');
  if (!Object.hasOwn(ITEM_TYPES, dtype)) {
    refuse(name, `is of type ${shown(dtype)}; a checkpoint holds ${Object.keys(ITEM_TYPES).join(', ')}`);
  }
  if (!Array.isArray(shape) || shape.length > DEFAULT_LIMITS.maxRank || !Array.from(shape).every(isCount)) {
    refuse(
      name,
      `must have a shape of at most ${DEFAULT_LIMITS.maxRank} whole numbers of at least 0, not ${shown(shape)}`,
    );
  }
}

function refuse(name: string, problem: string): never {
  throw new KeepfitError('KEEPFIT_INVALID_STATE', `tensor ${shown(name)} ${problem}`);
}
