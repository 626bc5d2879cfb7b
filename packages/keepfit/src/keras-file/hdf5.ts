import { KeepfitError } from '@keepfit/callbacks';
import type { SavedTensor } from '@keepfit/callbacks/checkpoint';
import { formatValue } from '@keepfit/callbacks/internal';
import type { Metadata } from 'h5wasm';
import { createHdf5Error, type Hdf5Thread, startHdf5Thread } from './hdf5-thread.js';

/** What the thread tells about an array. */
interface ArrayFacts extends Metadata {
  /** The names of what packs its bytes: `deflate`. */
  readonly filters: readonly string[];
}

/** An HDF5 file in a thread: groups within groups, with attributes, and arrays. */
export interface Hdf5File {
  /** The names in a group, sorted; undefined if there is no such group. */
  list(group: string): Promise<readonly string[] | undefined>;
  /** The text of an attribute, or its list of texts; undefined if there is none. */
  getAttribute(path: string, name: string): Promise<string | readonly string[] | undefined>;
  /**
   * Reads an array of float32.
   *
   * @param layer The name of its layer, for messages.
   */
  readArray(path: string, layer: string): Promise<SavedTensor>;
}

const MAGIC = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** The library addresses 4 GB, which hold the file's parts and an array. */
const MAX_BYTES = 2 ** 31;
const MAX_NAMES = 100_000;

export function isHdf5(start: Uint8Array): boolean {
  return MAGIC.every((byte, index) => start[index] === byte);
}

/**
 * Refuses a file before it is in memory.
 *
 * @throws KEEPFIT_INVALID_DATA when it is larger than 2 GB.
 */
export function checkHdf5Size(byteLength: number): void {
  if (byteLength > MAX_BYTES)
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `the HDF5 file has ${byteLength} bytes, and at most ${MAX_BYTES} can be read; save the weights as safetensors in Python, as docs/python.md shows`,
    );
}

/**
 * Opens an HDF5 file with the package h5wasm, the C library of HDF5 in WebAssembly, in a thread of its own. A
 * malicious file reaches nothing outside, and neither an endless loop nor hunger for memory outlives `use`.
 * The memory of `bytes` goes to the thread.
 *
 * @param start Starts the thread.
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when it is no HDF5 file, or a damaged one.
 * @throws KEEPFIT_INVALID_OPTION when h5wasm is not installed.
 */
export async function withHdf5<Result>(
  bytes: Uint8Array,
  use: (file: Hdf5File) => Promise<Result>,
  start: () => Promise<Hdf5Thread> = startHdf5Thread,
): Promise<Result> {
  if (!isHdf5(bytes)) throw createHdf5Error('it does not begin as one');
  const { byteLength } = bytes;
  const thread = await start();
  try {
    await thread.open(bytes);
    return await use(createFile(thread, byteLength));
  } finally {
    await thread.end();
  }
}

function createFile({ ask }: Hdf5Thread, byteLength: number): Hdf5File {
  let left = MAX_NAMES;
  return {
    list: async (path) => {
      const names = (await ask('list', path)) as string[] | undefined | null;
      if (names === null) throw createLinkError(path);
      if (names !== undefined && (left -= names.length) < 0)
        throw createHdf5Error(`it has more than ${MAX_NAMES} groups and arrays`);
      return names?.sort();
    },
    getAttribute: async (path, name) => {
      const metadata = (await ask('describeAttribute', path, name)) as Metadata | undefined;
      if (metadata === undefined) return undefined;
      checkSize(`the attribute ${formatValue(name)}`, metadata, byteLength);
      return toText(await ask('readAttribute', path, name));
    },
    readArray: async (path, layer) => {
      const facts = (await ask('describeArray', path)) as ArrayFacts | undefined | null;
      if (facts === null) throw createLinkError(path);
      const what = `the weight ${formatValue(path)} of the layer ${formatValue(layer)}`;
      if (facts === undefined) throw createHdf5Error(`${what} is no array`);
      checkArray(what, facts, byteLength);
      const value = await ask('readArray', path);
      if (value === null) throw createUnreadableError(what, facts);
      return toTensor(what, facts, value);
    },
  };
}

function checkArray(what: string, facts: ArrayFacts, byteLength: number): void {
  const { shape, type, size, littleEndian, virtual_sources: virtual } = facts;
  if (shape === null) throw createHdf5Error(`${what} holds no values`);
  if (virtual !== undefined)
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${what} is a virtual dataset, whose values are elsewhere; save the model again`,
    );
  if (type !== FLOAT || size !== 4 || !littleEndian)
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${what} is ${formatKind(facts)}, and tfjs-layers has weights of float32 only; ${
        type === INTEGER && size === 1
          ? 'save the model before it is quantized'
          : 'load the weights into a model of float32 in Keras, and save that'
      }`,
    );
  checkSize(what, facts, byteLength);
}

/** The classes of types in HDF5. */
const [INTEGER, FLOAT, OPAQUE] = [0, 1, 5];

function formatKind({ type, size, signed, littleEndian }: Metadata): string {
  const bits = size * 8;
  // The format has no bfloat16, and Keras writes its bytes.
  if (type === OPAQUE && bits === 16) return 'bfloat16';
  if (type !== FLOAT && type !== INTEGER) return 'of another type';
  const name = `${type === FLOAT ? 'float' : signed ? 'int' : 'uint'}${bits}`;
  return littleEndian || size === 1 ? name : `${name} in big-endian order`;
}

/** @throws KEEPFIT_INVALID_DATA always: what is outside of the file is never read. */
function createLinkError(path: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `${formatValue(path)} is a link to another file or to nothing, which is not followed; save the model again`,
  );
}

/** The library lacks the filter, or the bytes are damaged or in another file. */
function createUnreadableError(what: string, { filters }: ArrayFacts): KeepfitError {
  const packed = filters.map((name) => formatValue(name)).join(', ');
  return createHdf5Error(
    `${what} cannot be read${packed === '' ? '; its bytes may be in another file' : ` (it is packed by ${packed})`}`,
  );
}

function toTensor(what: string, { shape }: Metadata, value: unknown): SavedTensor {
  const count = (shape ?? []).reduce((product, n) => product * n, 1);
  const values = typeof value === 'number' && shape?.length === 0 ? Float32Array.of(value) : value;
  if (!(values instanceof Float32Array) || values.length !== count)
    throw createHdf5Error(`${what} does not hold what its shape says`);
  return {
    dtype: 'float32',
    shape: shape ?? [],
    bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}

/** Keras compresses nothing, so nothing is larger than the file. */
function checkSize(what: string, facts: Metadata & Partial<ArrayFacts>, byteLength: number): void {
  const { shape, size, filters = [] } = facts;
  const total = (shape ?? []).reduce((product, n) => product * n, size);
  if ((shape ?? []).length <= 32 && total <= byteLength) return;
  const reason = filters.length > 0 ? ', because it is compressed' : '';
  throw createHdf5Error(`${what} claims ${total} bytes, more than the file has${reason}`);
}

function toText(value: unknown): string | readonly string[] | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((item): item is string => typeof item === 'string');
  return texts.length === value.length ? texts : undefined;
}
