import { formatValue } from '../checks/format-value.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { SavedTensor, SavedTraining, StateRecord } from '../contract/state.js';
import { type CheckpointHeader, isIsoTime } from './checkpoint-header.js';
import { CHECKSUMS, FORMAT, METADATA_KEY } from './checkpoint-layout.js';
import { type CheckpointLimits, completeLimits } from './checkpoint-limits.js';
import { corrupt } from './corrupt.js';
import { crc32 } from './crc32.js';
import { decodeState } from './decode-state.js';
import { JsonReader } from './json-reader.js';
import { readSafetensors, type SafetensorsFile } from './read-safetensors.js';

/** The fields of the JSON, which come in this order only. */
const FIELDS = ['format', 'runId', 'generation', 'savedAt', 'library', 'state'];

/**
 * Reads what `encodeCheckpoint` wrote, trusting nothing: every rule of the format and every checksum is checked.
 *
 * Tensors, and captures in the state, are views into `bytes`, which nobody may write into from then on; typed arrays in the state
 * are copies. Costs the checksum of all bytes: see `crc32`.
 *
 * @throws KEEPFIT_CHECKPOINT_CORRUPT, saying what is wrong and where.
 * @throws KEEPFIT_CHECKPOINT_VERSION for a checkpoint of a newer format than this keepfit knows.
 */
export function decodeCheckpoint(
  bytes: Uint8Array,
  limits?: CheckpointLimits,
): { header: CheckpointHeader; training: SavedTraining } {
  const complete = completeLimits(limits);
  const file = readSafetensors(bytes, complete);
  const json = file.metadata.get(METADATA_KEY);
  if (json === undefined)
    throw corrupt(
      'this safetensors file is no checkpoint of keepfit, for its metadata say nothing of keepfit',
    );
  const checksums = takeChecksums(file.tensors);
  // The header's checksum comes first, for damage may look like another version.
  if (checksums !== undefined) checkHeaderSum(file.header, checksums);
  checkFormat(json);
  checkTensorSums(file.tensors, checksums);
  checkMetadata(file.metadata);
  return parseContent(json, file, complete);
}

/** Takes the tensor of checksums out, or gives undefined where no tensor can be it. */
function takeChecksums(tensors: Map<string, SavedTensor>): DataView | undefined {
  const [name, tensor] = [...tensors].at(-1) ?? [];
  if (name !== CHECKSUMS || tensor?.dtype !== 'uint32' || tensor.bytes.byteLength === 0) return undefined;
  tensors.delete(CHECKSUMS);
  return new DataView(tensor.bytes.buffer, tensor.bytes.byteOffset, tensor.bytes.byteLength);
}

function checkHeaderSum(header: Uint8Array, checksums: DataView): void {
  if (crc32(header) !== checksums.getUint32(0, true))
    throw corrupt('the header does not agree with its checksum');
}

/** The format comes first, whatever a newer one has after it. */
function checkFormat(json: string): void {
  const format = Number(/^\{"format":([1-9]\d{0,8})[,}]/.exec(json)?.[1]);
  if (Number.isNaN(format))
    throw corrupt(
      `the metadata of keepfit do not begin with a format, but with ${formatValue(json.slice(0, 30))}`,
    );
  if (format > FORMAT) {
    throw new KeepfitError(
      'KEEPFIT_CHECKPOINT_VERSION',
      `the checkpoint has format ${format}, and this keepfit reads up to ${FORMAT}; update keepfit, or delete the checkpoint to start over`,
    );
  }
}

function checkTensorSums(tensors: ReadonlyMap<string, SavedTensor>, checksums: DataView | undefined): void {
  if (checksums === undefined) throw corrupt(`the last tensor is not "${CHECKSUMS}" of type U32`);
  if (checksums.byteLength !== 4 * (1 + tensors.size)) {
    throw corrupt(
      `there are ${checksums.byteLength / 4} checksums for the header and ${tensors.size} tensors`,
    );
  }
  let at = 0;
  for (const [name, { bytes }] of tensors) {
    at += 4;
    if (crc32(bytes) !== checksums.getUint32(at, true))
      throw corrupt(`tensor ${formatValue(name)} does not agree with its checksum`);
  }
}

function checkMetadata(metadata: ReadonlyMap<string, string>): void {
  if (metadata.size !== 2 || metadata.get('format') !== 'keepfit') {
    throw corrupt(
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
  reader.object((field) => {
    if (field !== FIELDS[read++])
      reader.fail(`the field ${formatValue(field)} is unknown, or not in its place`);
    if (field === 'format') reader.count();
    else if (field === 'generation') header.generation = reader.count();
    else if (field === 'savedAt') header.savedAt = isoTime(reader);
    else if (field === 'state') state = decodeState(reader, tensors, limits);
    else header[field as 'runId' | 'library'] = reader.string();
  });
  reader.end();
  if (state === undefined) return reader.fail(`the field "${FIELDS[read] ?? 'state'}" is missing`);
  return { header, training: { tensors, state } };
}

function isoTime(reader: JsonReader): string {
  const text = reader.string();
  return isIsoTime(text)
    ? text
    : reader.fail(`${formatValue(text)} is no time in UTC as toISOString writes it`);
}
