import { formatValue } from '../checks/format-value.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { SavedTensor, SavedTraining, StateRecord } from '../contract/state.js';
import {
  type CheckpointHeader,
  CHECKSUMS,
  createCorruptError,
  createForeignError,
  FORMAT,
  isIsoTime,
  METADATA_KEY,
} from './checkpoint-layout.js';
import { type CheckpointLimits, completeLimits } from './checkpoint-limits.js';
import { crc32 } from './crc32.js';
import { decodeState } from './decode-state.js';
import { JsonReader } from './json-reader.js';
import { readSafetensors, type SafetensorsFile } from './read-safetensors.js';

/** The fields of the JSON, in their only valid order. */
const FIELDS = ['format', 'runId', 'generation', 'savedAt', 'library', 'state'];

/**
 * Reads a checkpoint that `encodeCheckpoint` wrote, and trusts nothing: it checks every rule of the format
 * and every checksum.
 *
 * Tensors, and captures in the state, are views into `bytes`, so nobody may write into `bytes` afterwards.
 * Typed arrays in the state are copies. Costs the checksum of all bytes: see `crc32`.
 *
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when a rule is broken; the message says which, and where.
 * @throws KEEPFIT_CHECKPOINT_VERSION when the checkpoint has a newer format than this keepfit knows.
 */
export function decodeCheckpoint(
  bytes: Uint8Array,
  limits?: CheckpointLimits,
): { header: CheckpointHeader; training: SavedTraining } {
  const complete = completeLimits(limits);
  return decodeSafetensors(readSafetensors(bytes, complete), complete);
}

/**
 * Decodes a checkpoint from the parts of its file, as `decodeCheckpoint` does. Removes from `file.tensors` the
 * checksums and the tensors of the state.
 *
 * If the file was read in pieces, `file.tensors` needs the bytes only of the tensors of the state (`state/…`)
 * and of the checksums (`keepfit.crc32`); `getSum` gives the checksums of the others.
 *
 * @param getSum The CRC-32 of the tensor with this name and these bytes. @default that of the bytes
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when a rule is broken; the message says which, and where.
 * @throws KEEPFIT_CHECKPOINT_VERSION when the checkpoint has a newer format than this keepfit knows.
 */
export function decodeSafetensors(
  file: SafetensorsFile,
  limits?: CheckpointLimits,
  getSum: (bytes: Uint8Array, name: string) => number = (bytes) => crc32(bytes),
): { header: CheckpointHeader; training: SavedTraining } {
  const json = file.metadata.get(METADATA_KEY);
  const count = file.tensors.size;
  const checksums = takeChecksums(file.tensors);
  // Check the header's checksum first because damage may look like another version, or another file.
  if (checksums !== undefined) checkHeaderSum(file.header, checksums);
  if (json === undefined)
    throw createForeignError(
      `it is a safetensors file of ${count} tensors whose metadata have no entry "${METADATA_KEY}", such as weights alone, which importWeights reads`,
    );
  checkFormat(json);
  checkTensorSums(file.tensors, checksums, getSum);
  checkMetadata(file.metadata);
  return parseContent(json, file, completeLimits(limits));
}

/** Removes and returns the tensor of checksums; undefined if the last tensor cannot be it. */
function takeChecksums(tensors: Map<string, SavedTensor>): DataView | undefined {
  const [name, tensor] = [...tensors].at(-1) ?? [];
  if (name !== CHECKSUMS || tensor?.dtype !== 'uint32' || tensor.bytes.byteLength === 0) return undefined;
  tensors.delete(CHECKSUMS);
  return new DataView(tensor.bytes.buffer, tensor.bytes.byteOffset, tensor.bytes.byteLength);
}

function checkHeaderSum(header: Uint8Array, checksums: DataView): void {
  if (crc32(header) !== checksums.getUint32(0, true))
    throw createCorruptError('the header does not agree with its checksum');
}

/** The format comes first in every version, whatever follows it. */
function checkFormat(json: string): void {
  const format = Number(/^\{"format":([1-9]\d{0,8})[,}]/.exec(json)?.[1]);
  if (Number.isNaN(format))
    throw createCorruptError(
      `the metadata of keepfit must begin with a format, but begin with ${formatValue(json.slice(0, 30))}`,
    );
  if (format > FORMAT) {
    throw new KeepfitError(
      'KEEPFIT_CHECKPOINT_VERSION',
      `the checkpoint has format ${format}, and this keepfit reads up to ${FORMAT}; update keepfit, or delete the checkpoint to start over`,
    );
  }
}

function checkTensorSums(
  tensors: ReadonlyMap<string, SavedTensor>,
  checksums: DataView | undefined,
  getSum: (bytes: Uint8Array, name: string) => number,
): void {
  if (checksums === undefined) throw createCorruptError(`the last tensor is not "${CHECKSUMS}" of type U32`);
  if (checksums.byteLength !== 4 * (1 + tensors.size)) {
    throw createCorruptError(
      `there are ${checksums.byteLength / 4} checksums for the header and ${tensors.size} tensors`,
    );
  }
  let at = 0;
  for (const [name, { bytes }] of tensors) {
    at += 4;
    if (getSum(bytes, name) !== checksums.getUint32(at, true))
      throw createCorruptError(`tensor ${formatValue(name)} does not agree with its checksum`);
  }
}

function checkMetadata(metadata: ReadonlyMap<string, string>): void {
  if (metadata.size !== 2 || metadata.get('format') !== 'keepfit') {
    throw createCorruptError(
      `the metadata are ${formatValue([...metadata.keys()])} instead of "${METADATA_KEY}" and "format", which says "keepfit"`,
    );
  }
}

function parseContent(
  json: string,
  { tensors }: SafetensorsFile,
  limits: Required<CheckpointLimits>,
): { header: CheckpointHeader; training: SavedTraining } {
  const reader = new JsonReader(json, `metadata "${METADATA_KEY}"`);
  const header = { runId: '', generation: 0, savedAt: '', library: '' };
  let state: StateRecord | undefined;
  let read = 0;
  reader.readObject((field) => {
    if (field !== FIELDS[read++]) reader.fail(`the field ${formatValue(field)} is unknown or out of order`);
    if (field === 'format') reader.readCount();
    else if (field === 'generation') header.generation = reader.readCount();
    else if (field === 'savedAt') header.savedAt = readIsoTime(reader);
    else if (field === 'state') state = decodeState(reader, tensors, limits);
    else header[field as 'runId' | 'library'] = reader.readString();
  });
  reader.end();
  if (state === undefined) return reader.fail(`the field "${FIELDS[read] ?? 'state'}" is missing`);
  return { header, training: { tensors, state } };
}

function readIsoTime(reader: JsonReader): string {
  const text = reader.readString();
  return isIsoTime(text)
    ? text
    : reader.fail(`${formatValue(text)} is not a time in UTC as toISOString writes it`);
}
