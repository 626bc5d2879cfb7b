import { formatValue } from '../checks/format-value.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { DType, SavedTensor } from '../contract/state.js';
import { createCorruptError } from './checkpoint-layout.js';
import { type CheckpointLimits, completeLimits } from './checkpoint-limits.js';
import { getByteLength, findDType, ITEM_TYPES } from './item-types.js';
import { JsonReader } from './json-reader.js';

/** The parts of a safetensors file. */
export interface SafetensorsFile {
  /** In the order of their bytes in the file. */
  readonly tensors: Map<string, SavedTensor>;
  /** `__metadata__`; empty if the file has none. */
  readonly metadata: ReadonlyMap<string, string>;
  /** All bytes before the first tensor's: the length field and the JSON. */
  readonly header: Uint8Array;
}

const LENGTH_FIELD = 8;

/**
 * Reads any safetensors file whose tensors fit a tfjs tensor or a typed array: F64, F32, I32, U32, I16, U16,
 * I8, U8 and BOOL, one byte per item. Item bytes are passed on unchanged.
 *
 * Enforces every rule of the format, and some that readers tend to skip: no unknown fields, no duplicate
 * keys, only whole numbers as written. Tensors are views into `bytes` if these are aligned to the item size,
 * else copies.
 *
 * @throws KEEPFIT_INVALID_DATA when `bytes` is not a Uint8Array.
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when a rule is broken; the message says which, and where.
 */
export function readSafetensors(bytes: Uint8Array, limits?: CheckpointLimits): SafetensorsFile {
  const complete = completeLimits(limits);
  const file = viewBytes(bytes);
  const header = sliceHeader(file, complete.maxHeaderBytes);
  const { infos, metadata } = parseSafetensorsHeader(decodeUtf8(header.subarray(LENGTH_FIELD)), complete);
  const data = file.subarray(header.byteLength);
  const tensors = new Map<string, SavedTensor>();
  for (const { name, dtype, shape, begin, end } of sortByPlace(infos, data.byteLength)) {
    tensors.set(name, { dtype, shape, bytes: alignBytes(data.subarray(begin, end), ITEM_TYPES[dtype].size) });
  }
  return { tensors, metadata, header };
}

/**
 * Views the bytes as a plain Uint8Array: slices of a Buffer are not copies, and other subclasses may differ
 * too.
 */
function viewBytes(bytes: Uint8Array): Uint8Array {
  if (ArrayBuffer.isView(bytes) && bytes.BYTES_PER_ELEMENT === 1) {
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `a file to read must be given as a Uint8Array, not ${formatValue(bytes)}`,
  );
}

function sliceHeader(file: Uint8Array, maxHeaderBytes: number): Uint8Array {
  if (file.byteLength < LENGTH_FIELD)
    throw createCorruptError(`a file of ${file.byteLength} bytes is too short for the header's length`);
  const view = new DataView(file.buffer, file.byteOffset);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > maxHeaderBytes)
    throw createCorruptError(`the header claims ${length} bytes, more than the limit of ${maxHeaderBytes}`);
  const left = file.byteLength - LENGTH_FIELD;
  if (length > left)
    throw createCorruptError(
      `the header claims ${length} bytes, but the file has ${left} after its length field`,
    );
  if (file[LENGTH_FIELD] !== 0x7b || length === 0)
    throw createCorruptError('the header does not begin with "{"');
  return file.subarray(0, LENGTH_FIELD + length);
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw createCorruptError('the header is not valid UTF-8', error);
  }
}

/** Sorts by place, and checks that the tensors cover all data, each byte once. */
function sortByPlace(infos: TensorInfo[], dataLength: number): TensorInfo[] {
  infos.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of infos) {
    if (begin !== covered) {
      const kind = begin > covered ? 'a hole' : 'an overlap';
      throw createCorruptError(
        `${kind} before tensor ${formatValue(name)}: it begins at byte ${begin} of the data, and the tensor before it ends at ${covered}`,
      );
    }
    covered = end;
  }
  if (covered !== dataLength)
    throw createCorruptError(`the tensors end at byte ${covered} of ${dataLength} bytes of data`);
  return infos;
}

function alignBytes(bytes: Uint8Array, itemSize: number): Uint8Array {
  return bytes.byteOffset % itemSize === 0 ? bytes : bytes.slice();
}

/** The description of one tensor in a header. Offsets count from the end of the header. */
interface TensorInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

interface SafetensorsHeader {
  readonly infos: TensorInfo[];
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads the JSON header of a safetensors file. Checks that each tensor's offsets match its type and shape,
 * but not that they cover the file.
 */
function parseSafetensorsHeader(text: string, limits: Required<CheckpointLimits>): SafetensorsHeader {
  const reader = new JsonReader(text, 'header');
  const infos: TensorInfo[] = [];
  const metadata = new Map<string, string>();
  reader.readObject((name) => {
    if (name === '__metadata__') {
      reader.readObject((key) => {
        if (metadata.size >= limits.maxTensors)
          reader.fail(`there are more metadata entries than the limit of ${limits.maxTensors}`);
        metadata.set(checkWellFormed(reader, key), checkWellFormed(reader, reader.readString()));
      });
      return;
    }
    if (infos.length >= limits.maxTensors)
      reader.fail(`there are more tensors than the limit of ${limits.maxTensors}`);
    infos.push(readTensorInfo(reader, checkWellFormed(reader, name), limits.maxRank));
  });
  reader.end();
  return { infos, metadata };
}

function readTensorInfo(reader: JsonReader, name: string, maxRank: number): TensorInfo {
  let dtype: DType | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  reader.readObject((field) => {
    if (field === 'dtype') dtype = readDType(reader, name);
    else if (field === 'shape') shape = readCounts(reader, maxRank, `the limit of ${maxRank} dimensions`);
    else if (field === 'data_offsets') offsets = readCounts(reader, 2, 'two offsets');
    else reader.fail(`tensor ${formatValue(name)} has an unknown field ${formatValue(field)}`);
  });
  if (dtype === undefined || shape === undefined || offsets === undefined) {
    return reader.fail(`tensor ${formatValue(name)} needs each of dtype, shape and data_offsets`);
  }
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined)
    return reader.fail(`tensor ${formatValue(name)} needs two offsets`);
  const byteLength = getByteLength(dtype, shape);
  if (end - begin !== byteLength) {
    reader.fail(
      `tensor ${formatValue(name)} of type ${ITEM_TYPES[dtype].code} and shape [${shape.join(', ')}] has offsets [${begin}, ${end}]`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function readDType(reader: JsonReader, name: string): DType {
  const code = reader.readString();
  return (
    findDType(code) ??
    reader.fail(
      `tensor ${formatValue(name)} has the type ${formatValue(code)}, which no tfjs tensor or typed array can hold`,
    )
  );
}

function readCounts(reader: JsonReader, limit: number, words: string): number[] {
  const values: number[] = [];
  reader.readArray((index) => {
    if (index >= limit) reader.fail(`there are more numbers than ${words}`);
    values.push(reader.readCount());
  });
  return values;
}

/** An escape may hold half a surrogate pair, which is not a character and has no UTF-8. */
function checkWellFormed(reader: JsonReader, text: string): string {
  return /\p{Surrogate}/u.test(text)
    ? reader.fail(`the string ${formatValue(text)} holds a lone surrogate`)
    : text;
}
