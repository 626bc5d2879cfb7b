import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';
import { crc32, decodeCheckpoint, readSafetensors, type SavedTensor } from '@keepfit/callbacks/checkpoint';

/** The header of a checkpoint and its training. */
export type Decoded = ReturnType<typeof decodeCheckpoint>;

/**
 * Decodes the training in a file. Errors name the file.
 *
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when a check fails.
 * @throws KEEPFIT_CHECKPOINT_VERSION when a newer version of keepfit wrote the file.
 */
export function decodeFile(path: string, bytes: Uint8Array): Decoded {
  try {
    return decodeCheckpoint(bytes);
  } catch (cause) {
    if (!isKeepfitError(cause)) throw cause;
    throw new KeepfitError(cause.code, `${path}: ${cause.message.slice(cause.code.length + 2)}`, { cause });
  }
}

/** The result of all checks of a file. */
export type Checked =
  | { readonly passed: true; readonly decoded: Decoded }
  | { readonly passed: false; readonly problems: readonly string[] };

/**
 * Checks all of a file: every rule of the format and every checksum. If the structure is intact, each damaged
 * tensor is named; otherwise the first problem.
 */
export function checkBytes(bytes: Uint8Array): Checked {
  try {
    return { passed: true, decoded: decodeCheckpoint(bytes) };
  } catch (error) {
    if (!isKeepfitError(error)) throw error;
    const damaged = findDamagedParts(bytes);
    return { passed: false, problems: damaged.length > 0 ? damaged : [error.message] };
  }
}

function findDamagedParts(bytes: Uint8Array): string[] {
  const file = readStructure(bytes);
  const [name, sums] = [...(file?.tensors ?? [])].at(-1) ?? [];
  if (file === undefined || sums === undefined || name !== CHECKSUMS || sums.dtype !== 'uint32') return [];
  if (sums.bytes.byteLength !== 4 * file.tensors.size) return [];
  const expected = new DataView(sums.bytes.buffer, sums.bytes.byteOffset);
  const parts: [string, Uint8Array][] = [['the header', file.header]];
  for (const [tensor, saved] of file.tensors)
    if (tensor !== CHECKSUMS) parts.push([`tensor ${JSON.stringify(tensor)}`, saved.bytes]);
  const damaged = parts.filter(([, part], index) => crc32(part) !== expected.getUint32(4 * index, true));
  return damaged.map(([part]) => `${part} does not agree with its checksum`);
}

function readStructure(bytes: Uint8Array): ReturnType<typeof readSafetensors> | undefined {
  try {
    return readSafetensors(bytes);
  } catch {
    return undefined;
  }
}

/** The last tensor of a checkpoint has the checksums of the header and of each tensor before it. */
const CHECKSUMS = 'keepfit.crc32';

/**
 * Reads all tensors of a checkpoint file but the checksums, by name. This includes typed arrays and captures
 * of the state.
 */
export function readTensors(bytes: Uint8Array): Map<string, SavedTensor> {
  const { tensors } = readSafetensors(bytes);
  tensors.delete(CHECKSUMS);
  return tensors;
}
