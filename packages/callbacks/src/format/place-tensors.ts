import { isCount } from '../checks/check-options.js';
import { formatValue } from '../checks/format-value.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { CaptureEntry } from '../contract/state.js';
import { DEFAULT_LIMITS } from './checkpoint-limits.js';
import { isCaptureEntry } from './is-capture-entry.js';
import { byteLengthOf, ITEM_TYPES } from './item-type.js';

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
      `a captured tensor must have a name and a read function; one is ${formatValue(entry)}`,
    );
  }
  const { name, dtype, shape } = entry;
  if (name === '__metadata__') refuse(name, 'has a name that the file format keeps for itself');
  if (/\p{Surrogate}/u.test(name)) refuse(name, 'has a lone surrogate in its name, which UTF-8 cannot say');
  if (!Object.hasOwn(ITEM_TYPES, dtype)) {
    refuse(
      name,
      `is of type ${formatValue(dtype)}; a checkpoint holds ${Object.keys(ITEM_TYPES).join(', ')}`,
    );
  }
  if (!Array.isArray(shape) || shape.length > DEFAULT_LIMITS.maxRank || !Array.from(shape).every(isCount)) {
    refuse(
      name,
      `must have a shape of at most ${DEFAULT_LIMITS.maxRank} whole numbers of at least 0, not ${formatValue(shape)}`,
    );
  }
}

function refuse(name: string, problem: string): never {
  throw new KeepfitError('KEEPFIT_INVALID_STATE', `tensor ${formatValue(name)} ${problem}`);
}

const LENGTH_FIELD = 8;

/** All bytes of a safetensors file before the first tensor's: the length field and the JSON, with blanks up to a multiple of 8. */
export function writeHeader(
  metadata: Readonly<Record<string, string>>,
  tensors: readonly PlacedTensor[],
): Uint8Array {
  const members = [`"__metadata__":${JSON.stringify(metadata)}`];
  for (const { entry, begin, end } of tensors) {
    const { code } = ITEM_TYPES[entry.dtype];
    members.push(
      `${JSON.stringify(entry.name)}:{"dtype":"${code}","shape":[${entry.shape.join(',')}],"data_offsets":[${begin},${end}]}`,
    );
  }
  const json = new TextEncoder().encode(`{${members.join(',')}}`);
  const length = Math.ceil(json.byteLength / 8) * 8;
  if (length > DEFAULT_LIMITS.maxHeaderBytes) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_STATE',
      `the state takes ${length} bytes as JSON and may take ${DEFAULT_LIMITS.maxHeaderBytes}; keep many numbers in typed arrays`,
    );
  }
  const header = new Uint8Array(LENGTH_FIELD + length).fill(0x20);
  header.set(json, LENGTH_FIELD);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  return header;
}
