import type { SavedTensor } from '../contract/state.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import { type CheckpointLimits, completeLimits } from './checkpoint-limits.js';
import { corrupt } from './corrupt.js';
import { ITEM_TYPES } from './item-type.js';
import { parseSafetensorsHeader, type TensorInfo } from './parse-safetensors-header.js';
import { formatValue } from '../checks/format-value.js';

/** A safetensors file, taken apart. */
export interface SafetensorsFile {
  /** In the order of their bytes in the file. */
  readonly tensors: Map<string, SavedTensor>;
  /** `__metadata__`; empty where the file has none. */
  readonly metadata: ReadonlyMap<string, string>;
  /** All bytes before the first tensor's: the length field and the JSON. */
  readonly header: Uint8Array;
}

const LENGTH_FIELD = 8;

/**
 * Takes any safetensors file apart whose tensors a tfjs tensor or a typed array can hold:
 * F64, F32, I32, U32, I16, U16, I8, U8 and BOOL, one byte an item, whose bytes are handed on as they are.
 *
 * Every rule of the format is enforced, and some that its readers tend to skip: no unknown fields, no key twice, nothing but
 * whole numbers as written. Tensors are views into `bytes` where these are aligned to the item size, else copies.
 *
 * @throws KEEPFIT_CHECKPOINT_CORRUPT, saying what is wrong and where.
 */
export function readSafetensors(bytes: Uint8Array, limits?: CheckpointLimits): SafetensorsFile {
  const complete = completeLimits(limits);
  const file = plainView(bytes);
  const header = headerOf(file, complete.maxHeaderBytes);
  const { infos, metadata } = parseSafetensorsHeader(decodeUtf8(header.subarray(LENGTH_FIELD)), complete);
  const data = file.subarray(header.byteLength);
  const tensors = new Map<string, SavedTensor>();
  for (const { name, dtype, shape, begin, end } of inFileOrder(infos, data.byteLength)) {
    tensors.set(name, { dtype, shape, bytes: aligned(data.subarray(begin, end), ITEM_TYPES[dtype].size) });
  }
  return { tensors, metadata, header };
}

/** The same bytes as a Uint8Array proper: a Buffer's slice is no copy, and other subclasses may differ too. */
function plainView(bytes: Uint8Array): Uint8Array {
  if (ArrayBuffer.isView(bytes) && bytes.BYTES_PER_ELEMENT === 1) {
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `a file to read must be given as a Uint8Array, not ${formatValue(bytes)}`,
  );
}

function headerOf(file: Uint8Array, maxHeaderBytes: number): Uint8Array {
  if (file.byteLength < LENGTH_FIELD)
    throw corrupt(`a file of ${file.byteLength} bytes is too short for the header's length`);
  const view = new DataView(file.buffer, file.byteOffset);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > maxHeaderBytes)
    throw corrupt(`the header is said to have ${length} bytes, more than the limit of ${maxHeaderBytes}`);
  const left = file.byteLength - LENGTH_FIELD;
  if (length > left)
    throw corrupt(
      `the header is said to have ${length} bytes and the file has ${left} after its length field`,
    );
  if (file[LENGTH_FIELD] !== 0x7b || length === 0) throw corrupt('the header does not begin with "{"');
  return file.subarray(0, LENGTH_FIELD + length);
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw corrupt('the header is not valid UTF-8', error);
  }
}

/** Sorts by place, and makes sure that the tensors cover all the data, each byte once. */
function inFileOrder(infos: TensorInfo[], dataLength: number): TensorInfo[] {
  infos.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of infos) {
    if (begin !== covered) {
      const kind = begin > covered ? 'a hole' : 'an overlap';
      throw corrupt(
        `${kind} before tensor ${formatValue(name)}: it begins at byte ${begin} of the data, the one before it ends at ${covered}`,
      );
    }
    covered = end;
  }
  if (covered !== dataLength)
    throw corrupt(`the tensors end at byte ${covered} of the data, which has ${dataLength}`);
  return infos;
}

function aligned(bytes: Uint8Array, itemSize: number): Uint8Array {
  return bytes.byteOffset % itemSize === 0 ? bytes : bytes.slice();
}
