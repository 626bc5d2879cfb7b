import { isKeepfitError } from '@keepfit/callbacks';
import { crc32, decodeCheckpoint, readSafetensors } from '@keepfit/callbacks/checkpoint';
import type { Decoded } from './decode-file.js';
import { CHECKSUMS } from './tensors-in.js';

/** What came of all checks of a file. */
export type Checked =
  | { readonly passed: true; readonly decoded: Decoded }
  | { readonly passed: false; readonly problems: readonly string[] };

/**
 * Checks all of a file: every rule of the format and every checksum. Of a file whose structure is whole, each damaged tensor is named;
 * of another, what is wrong first.
 */
export function checkBytes(bytes: Uint8Array): Checked {
  try {
    return { passed: true, decoded: decodeCheckpoint(bytes) };
  } catch (error) {
    if (!isKeepfitError(error)) throw error;
    const damaged = damagedParts(bytes);
    return { passed: false, problems: damaged.length > 0 ? damaged : [error.message] };
  }
}

function damagedParts(bytes: Uint8Array): string[] {
  const file = structureOf(bytes);
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

function structureOf(bytes: Uint8Array): ReturnType<typeof readSafetensors> | undefined {
  try {
    return readSafetensors(bytes);
  } catch {
    return undefined;
  }
}
