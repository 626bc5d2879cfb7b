import { formatValue } from '../checks/format-value.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { DType, SavedTensor } from '../contract/state.js';
import { createCorruptError, createForeignError } from './checkpoint-layout.js';
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
  const header = file.subarray(0, measureHeader(file, file.byteLength, complete.maxHeaderBytes));
  const { places, metadata } = parseHeader(header, file.byteLength, complete);
  const data = file.subarray(header.byteLength);
  const tensors = new Map<string, SavedTensor>();
  for (const { name, dtype, shape, begin, end } of places) {
    tensors.set(name, { dtype, shape, bytes: alignBytes(data.subarray(begin, end), ITEM_TYPES[dtype].size) });
  }
  return { tensors, metadata, header };
}

/** The header of a safetensors file, without the bytes of tensors. */
export interface SafetensorsHeader {
  /** In the order of their bytes in the file. */
  readonly places: readonly TensorPlace[];
  /** `__metadata__`; empty if the file has none. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** The place of one tensor in a file. Offsets count from the end of the header. */
export interface TensorPlace {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** How many first bytes of a file `getHeaderLength` needs, if the file has as many. */
export const FILE_START = 9;

/**
 * Reads from the first bytes of a safetensors file how many bytes come before the first tensor, so that a
 * large file of another kind is refused before it is read.
 *
 * @param start At least the first 9 bytes, or all of a shorter file.
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when these bytes do not begin a safetensors file of this length.
 */
export function getHeaderLength(start: Uint8Array, fileLength: number, limits?: CheckpointLimits): number {
  return measureHeader(viewBytes(start), fileLength, completeLimits(limits).maxHeaderBytes);
}

/**
 * Reads the header of a safetensors file as `readSafetensors` does, with all checks that need no bytes of
 * tensors.
 *
 * @param header As many first bytes as `getHeaderLength` says.
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when a rule is broken; the message says which, and where.
 */
export function readSafetensorsHeader(
  header: Uint8Array,
  fileLength: number,
  limits?: CheckpointLimits,
): SafetensorsHeader {
  return parseHeader(viewBytes(header), fileLength, completeLimits(limits));
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

function measureHeader(file: Uint8Array, fileLength: number, maxHeaderBytes: number): number {
  if (fileLength === 0) throw createForeignError('it is empty');
  if (file.byteLength < LENGTH_FIELD)
    throw createCorruptError(`a file of ${fileLength} bytes is too short for the header's length`);
  const view = new DataView(file.buffer, file.byteOffset);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  const left = fileLength - LENGTH_FIELD;
  const beginsWell = file[LENGTH_FIELD] === 0x7b;
  // One flipped bit does not change both the length and the brace. A disk may leave zeros.
  if (!beginsWell && (length > left || length > maxHeaderBytes))
    throw createForeignError(describeStart(file));
  if (length > maxHeaderBytes)
    throw createCorruptError(`the header claims ${length} bytes, more than the limit of ${maxHeaderBytes}`);
  if (length > left)
    throw createCorruptError(
      `the header claims ${length} bytes, but the file has ${left} after its length field`,
    );
  if (!beginsWell || length === 0) throw createCorruptError('the header does not begin with "{"');
  return LENGTH_FIELD + length;
}

function describeStart(file: Uint8Array): string {
  const start = String.fromCharCode(...file.subarray(0, LENGTH_FIELD));
  return `it begins with ${formatValue(start)}, not with the length of a header`;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw createCorruptError('the header is not valid UTF-8', error);
  }
}

/** Sorts by place, and checks that the tensors cover all data, each byte once. */
function sortByPlace(places: TensorPlace[], dataLength: number): TensorPlace[] {
  places.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of places) {
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
  return places;
}

function alignBytes(bytes: Uint8Array, itemSize: number): Uint8Array {
  return bytes.byteOffset % itemSize === 0 ? bytes : bytes.slice();
}

/** Checks that each tensor's offsets match its type and shape, and that the tensors cover the file. */
function parseHeader(
  header: Uint8Array,
  fileLength: number,
  limits: Required<CheckpointLimits>,
): SafetensorsHeader {
  const reader = new JsonReader(decodeUtf8(header.subarray(LENGTH_FIELD)), 'header');
  const places: TensorPlace[] = [];
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
    if (places.length >= limits.maxTensors)
      reader.fail(`there are more tensors than the limit of ${limits.maxTensors}`);
    places.push(readTensorPlace(reader, checkWellFormed(reader, name), limits.maxRank));
  });
  reader.end();
  return { places: sortByPlace(places, fileLength - header.byteLength), metadata };
}

function readTensorPlace(reader: JsonReader, name: string, maxRank: number): TensorPlace {
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
