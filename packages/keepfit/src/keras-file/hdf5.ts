import { KeepfitError } from '@keepfit/callbacks';
import type { SavedTensor } from '@keepfit/callbacks/checkpoint';
import { formatValue } from '@keepfit/callbacks/internal';
import type { Metadata } from 'h5wasm';
import { createHdf5Error, type Hdf5Thread, startHdf5Thread } from './hdf5-thread.js';

/** An HDF5 file in a thread: groups within groups, with attributes, and arrays. */
export interface Hdf5File {
  /** The names in a group, sorted; undefined if there is no such group. */
  list(group: string): Promise<readonly string[] | undefined>;
  /** The text of an attribute, or its list of texts; undefined if there is none. */
  getAttribute(path: string, name: string): Promise<string | readonly string[] | undefined>;
  /** Reads an array of float32. */
  readArray(path: string): Promise<SavedTensor>;
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
      const names = (await ask('list', path)) as string[] | undefined;
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
    readArray: async (path) => {
      const metadata = (await ask('describeArray', path)) as Metadata | undefined;
      if (metadata === undefined) throw createHdf5Error(`${formatValue(path)} is no array`);
      checkArray(formatValue(path), metadata, byteLength);
      return toTensor(formatValue(path), metadata, await ask('readArray', path));
    },
  };
}

function checkArray(what: string, metadata: Metadata, byteLength: number): void {
  const { shape, type, size, littleEndian, virtual_sources: virtual } = metadata;
  if (shape === null || virtual !== undefined) throw createHdf5Error(`${what} holds no values`);
  if (type !== 1 || size !== 4 || !littleEndian)
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `the weight ${what} is no float32; tfjs-layers holds weights of float32 only, so cast the model in Python`,
    );
  checkSize(what, metadata, byteLength);
}

function toTensor(what: string, { shape }: Metadata, values: unknown): SavedTensor {
  const count = (shape ?? []).reduce((product, n) => product * n, 1);
  if (!(values instanceof Float32Array) || values.length !== count)
    throw createHdf5Error(`${what} does not hold what its shape says`);
  return {
    dtype: 'float32',
    shape: shape ?? [],
    bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}

/** Keras compresses nothing, so nothing is larger than the file. */
function checkSize(what: string, { shape, size }: Metadata, byteLength: number): void {
  const total = (shape ?? []).reduce((product, n) => product * n, size);
  if ((shape ?? []).length <= 32 && total <= byteLength) return;
  throw createHdf5Error(`${what} claims ${total} bytes, more than the file has`);
}

function toText(value: unknown): string | readonly string[] | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((item): item is string => typeof item === 'string');
  return texts.length === value.length ? texts : undefined;
}
