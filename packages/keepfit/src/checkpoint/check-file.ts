import { isKeepfitError, type KeepfitErrorCode } from '@keepfit/callbacks';
import {
  crc32,
  type decodeCheckpoint,
  decodeSafetensors,
  FILE_START,
  getHeaderLength,
  readSafetensorsHeader,
  type SafetensorsHeader,
  type SavedTensor,
  type TensorPlace,
} from '@keepfit/callbacks/checkpoint';
import { formatValue } from '@keepfit/callbacks/internal';
import { type OpenFile, readPieces } from './read-file.js';

/** The header of a checkpoint and its training. */
export type Decoded = ReturnType<typeof decodeCheckpoint>;

/** The result of all checks of a file. `decoded` has the state, but not the bytes of weights. */
export type Checked =
  | { readonly passed: true; readonly decoded: Decoded; readonly places: readonly TensorPlace[] }
  | { readonly passed: false; readonly problems: readonly string[]; readonly code: KeepfitErrorCode };

/** The last tensor of a checkpoint has the checksums of the header and of each tensor before it. */
export const CHECKSUMS = 'keepfit.crc32';

/** The bytes before the first tensor of a safetensors file, and what they say. */
export interface FileStart extends SafetensorsHeader {
  readonly header: Uint8Array;
}

/**
 * Reads the header of a file, and nothing else, so that a large file of another kind is refused at once.
 *
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when it is no safetensors file, or does not have the length of one.
 */
export async function readStart(file: OpenFile): Promise<FileStart> {
  const { byteLength } = file;
  const start = await file.read(0, Math.min(FILE_START, byteLength));
  const header = await file.read(0, getHeaderLength(start, byteLength));
  return { header, ...readSafetensorsHeader(header, byteLength) };
}

/**
 * Checks all of a file: every rule of the format and every checksum. If the structure is intact, each damaged
 * tensor is named; otherwise the first problem. Only the header, the state and a few MB are in memory.
 */
export async function checkFile(file: OpenFile): Promise<Checked> {
  let damaged: string[] = [];
  try {
    const start = await readStart(file);
    const { places, metadata, header } = start;
    // Weights alone may be large, and no checksum tells anything of them.
    const isCheckpoint = metadata.has('keepfit');
    const { tensors, sums } = isCheckpoint ? await readTensors(file, start) : listTensors(places);
    damaged = findDamagedParts(start, tensors, sums);
    const getSum = (_: Uint8Array, name: string) => sums.get(name) ?? 0;
    return {
      passed: true,
      decoded: decodeSafetensors({ header, metadata, tensors }, undefined, getSum),
      places,
    };
  } catch (error) {
    if (!isKeepfitError(error) || error.code === 'KEEPFIT_STORE_FAILED') throw error;
    return { passed: false, problems: damaged.length > 0 ? damaged : [error.message], code: error.code };
  }
}

interface ReadTensors {
  /** With the bytes of those that the state needs. */
  readonly tensors: Map<string, SavedTensor>;
  readonly sums: Map<string, number>;
}

async function readTensors(file: OpenFile, { header, places }: FileStart): Promise<ReadTensors> {
  const read = listTensors(places);
  for (const { name, dtype, shape, begin, end } of places) {
    const [from, to] = [header.byteLength + begin, header.byteLength + end];
    if (name === CHECKSUMS || name.startsWith('state/')) {
      const bytes = await file.read(from, to - from);
      read.tensors.set(name, { dtype, shape, bytes });
      read.sums.set(name, crc32(bytes));
    } else {
      let sum = 0;
      for await (const piece of readPieces(file, from, to)) sum = crc32(piece, sum);
      read.sums.set(name, sum);
    }
  }
  return read;
}

function listTensors(places: readonly TensorPlace[]): ReadTensors {
  const bytes = new Uint8Array(0);
  return {
    tensors: new Map(places.map(({ name, dtype, shape }) => [name, { dtype, shape, bytes }])),
    sums: new Map(),
  };
}

function findDamagedParts(
  { header }: FileStart,
  tensors: ReadonlyMap<string, SavedTensor>,
  sums: ReadonlyMap<string, number>,
): string[] {
  const [name, last] = [...tensors].at(-1) ?? [];
  if (name !== CHECKSUMS || last?.dtype !== 'uint32' || last.bytes.byteLength !== 4 * tensors.size) return [];
  const expected = new DataView(last.bytes.buffer, last.bytes.byteOffset);
  const parts: [string, number | undefined][] = [['the header', crc32(header)]];
  for (const tensor of tensors.keys())
    if (tensor !== CHECKSUMS) parts.push([`tensor ${formatValue(tensor)}`, sums.get(tensor)]);
  const damaged = parts.filter(([, sum], index) => sum !== expected.getUint32(4 * index, true));
  return damaged.map(([part]) => `${part} does not agree with its checksum`);
}
