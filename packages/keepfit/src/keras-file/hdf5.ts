import { KeepfitError } from '@keepfit/callbacks';
import type { SavedTensor } from '@keepfit/callbacks/checkpoint';
import { formatValue } from '@keepfit/callbacks/internal';
import type * as h5wasm from 'h5wasm';

/** An HDF5 file in memory: groups within groups, with attributes, and arrays. */
export interface Hdf5File {
  /** The names in a group, sorted; undefined if there is no such group. */
  list(group: string): readonly string[] | undefined;
  /** Whether this path is an array. */
  isArray(path: string): boolean;
  /** The text of an attribute, or its list of texts; undefined if there is none. */
  getAttribute(path: string, name: string): string | readonly string[] | undefined;
  /** Reads an array of float32. */
  readArray(path: string): SavedTensor;
  close(): void;
}

type Library = typeof h5wasm;

const MAGIC = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** The library addresses 4 GB, which hold the file's parts and an array. */
const MAX_BYTES = 2 ** 31;
const MAX_NAMES = 100_000;

export function isHdf5(start: Uint8Array): boolean {
  return MAGIC.every((byte, index) => start[index] === byte);
}

/**
 * Opens an HDF5 file with the package h5wasm: the C library of HDF5, in WebAssembly, so that a malicious file
 * reaches nothing outside.
 *
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when it is no HDF5 file, or a damaged one.
 * @throws KEEPFIT_INVALID_DATA when it is larger than 2 GB.
 * @throws KEEPFIT_INVALID_OPTION when h5wasm is not installed.
 */
export async function openHdf5(bytes: Uint8Array): Promise<Hdf5File> {
  if (!isHdf5(bytes)) throw createHdf5Error('it does not begin as one');
  if (bytes.byteLength > MAX_BYTES)
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `the HDF5 file has ${bytes.byteLength} bytes, and at most ${MAX_BYTES} can be read; save the weights as safetensors in Python, as docs/python.md shows`,
    );
  const library = await loadLibrary();
  const { FS } = await library.ready;
  silence(FS);
  const path = `/keepfit-${openFiles++}.h5`;
  FS.writeFile(path, bytes);
  try {
    const file = guard(() => new library.File(path, 'r'));
    return createFile(library, file, bytes.byteLength, () => {
      file.close();
      FS.unlink(path);
    });
  } catch (error) {
    FS.unlink(path);
    throw error;
  }
}

/**
 * Stops the library from printing each error of a damaged file. Its own handler, which throws instead, leaves
 * files open.
 */
function silence(fileSystem: object): void {
  const { getStream } = fileSystem as { getStream(id: number): { stream_ops: { write: unknown } } };
  const ignore = (_stream: unknown, _bytes: unknown, _offset: number, length: number) => length;
  getStream(2).stream_ops = { ...getStream(2).stream_ops, write: ignore };
}

/** The library has one file system for the process. */
let openFiles = 0;

/** No literal in `import`: the package is for ESM only, and bundles for CommonJS turn literals into `require`. */
const LIBRARY: string = 'h5wasm';

async function loadLibrary(): Promise<Library> {
  try {
    // oxlint-disable-next-line keepfit/import-arrows, keepfit/room-arrows -- the name is the literal above
    return (await import(LIBRARY)) as Library;
  } catch (cause) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      'files of Keras are read with the package h5wasm, which is not installed; run "npm install h5wasm" in your project, ' +
        'or "npx --package=keepfit --package=h5wasm keepfit import …"',
      { cause },
    );
  }
}

function createFile(
  library: Library,
  file: InstanceType<Library['File']>,
  byteLength: number,
  close: () => void,
): Hdf5File {
  let left = MAX_NAMES;
  const get = (path: string) => guard(() => (path === '' ? file : file.get(path)));
  return {
    list: (path) => {
      const group = get(path);
      if (!(group instanceof library.Group)) return undefined;
      const names = guard(() => group.keys());
      if ((left -= names.length) < 0)
        throw createHdf5Error(`it has more than ${MAX_NAMES} groups and arrays`);
      return [...names].sort();
    },
    isArray: (path) => get(path) instanceof library.Dataset,
    getAttribute: (path, name) => {
      const entity = get(path);
      if (!(entity instanceof library.Group)) return undefined;
      const attribute = guard(() => entity.attrs[name]);
      if (attribute === undefined) return undefined;
      checkSize(
        `the attribute ${formatValue(name)}`,
        guard(() => attribute.metadata),
        byteLength,
      );
      return toText(guard(() => attribute.value));
    },
    readArray: (path) => {
      const array = get(path);
      if (!(array instanceof library.Dataset)) throw createHdf5Error(`${formatValue(path)} is no array`);
      return readArray(array, path, byteLength);
    },
    close,
  };
}

function readArray(array: InstanceType<Library['Dataset']>, path: string, byteLength: number): SavedTensor {
  const metadata = guard(() => array.metadata);
  const { shape, type, size, littleEndian, virtual_sources: virtual } = metadata;
  if (shape === null || virtual !== undefined) throw createHdf5Error(`${formatValue(path)} holds no values`);
  if (type !== 1 || size !== 4 || !littleEndian)
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `the weight ${formatValue(path)} is no float32; tfjs-layers holds weights of float32 only, so cast the model in Python`,
    );
  checkSize(formatValue(path), metadata, byteLength);
  const values = guard(() => array.value);
  const count = shape.reduce((product, n) => product * n, 1);
  if (!(values instanceof Float32Array) || values.length !== count)
    throw createHdf5Error(`${formatValue(path)} does not hold what its shape says`);
  return {
    dtype: 'float32',
    shape,
    bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}

/** Keras compresses nothing, so nothing is larger than the file. */
function checkSize(what: string, { shape, size }: h5wasm.Metadata, byteLength: number): void {
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

/** Turns an error of the library into one of keepfit. */
function guard<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (cause) {
    throw createHdf5Error('a part of it cannot be read', cause);
  }
}

function createHdf5Error(reason: string, cause?: unknown): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_CHECKPOINT_CORRUPT',
    `the file is no whole HDF5 file: ${reason}; save the model again`,
    cause === undefined ? undefined : { cause },
  );
}
