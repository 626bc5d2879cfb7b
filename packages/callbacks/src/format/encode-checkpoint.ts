import { isCount } from '../checks/check-options.js';
import { formatValue } from '../checks/format-value.js';
import type { CheckpointContent, CheckpointParts } from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { CaptureEntry, StateRecord } from '../contract/state.js';
import { generateChunks } from './generate-chunks.js';
import { type CheckpointHeader, CHECKSUMS, FORMAT, isIsoTime, METADATA_KEY } from './checkpoint-layout.js';
import { encodeState } from './encode-state.js';
import { type FilePart, createPartReader } from './part-reader.js';
import { type PlacedTensor, placeTensors, writeHeader } from './place-tensors.js';

/**
 * Writes a training as one safetensors file, which any safetensors library can read.
 *
 * ```
 * 8 bytes      the length N of the JSON, little-endian
 * N bytes      JSON, padded with spaces: for each tensor its type, shape and place, and __metadata__:
 *              { "keepfit": "{\"format\":1, …header, \"state\": …}", "format": "keepfit" }
 * the rest     tensors, larger items first, then by name; last "keepfit.crc32", U32: CRC-32 of all before the tensors,
 *              then of each tensor in the order of the file
 * ```
 *
 * State and names are read, checked and copied now, so a callback may change its objects afterwards. Each
 * entry is read only when its turn comes, and the entries must not be disposed before the chunks, or the
 * parts, have ended. Costs one copy through 1 MiB of memory, and the checksum.
 *
 * @throws KEEPFIT_INVALID_STATE when a file cannot keep a value, which the message names. The chunks throw
 *   it when an entry does not have the number of bytes that its type and shape require.
 */
export function encodeCheckpoint(
  training: { readonly entries: readonly CaptureEntry[]; readonly state: StateRecord },
  header: CheckpointHeader,
): CheckpointContent {
  checkHeader(header);
  const { runId, generation, savedAt, library } = header;
  const state = encodeState(training.state);
  const fields = JSON.stringify({ format: FORMAT, runId, generation, savedAt, library });
  const json = `${fields.slice(0, -1)},"state":${state.json}}`;
  const entries = [...training.entries, ...state.entries];
  const tensors = placeTensors(entries, createChecksumEntry(entries.length + 1));
  const headerBytes = writeHeader({ [METADATA_KEY]: json, format: 'keepfit' }, tensors);
  const parts = [
    { name: 'the header', byteLength: headerBytes.byteLength, read: async () => headerBytes },
    ...tensors.slice(0, -1).map(createTensorPart),
  ];
  const lengths = parts.map((part) => part.byteLength);
  const byteLength = lengths.reduce((sum, length) => sum + length, 4 * lengths.length);
  const value: CheckpointParts = { lengths, createReader: () => createPartReader(parts) };
  const content = { byteLength, chunks: { [Symbol.asyncIterator]: () => generateChunks(value) } };
  // Otherwise a store that changes the chunks of a content, `{ ...content, chunks }`, would pass on the old parts.
  return Object.defineProperty(content, 'parts', { value, enumerable: false });
}

/** Reserves the place of the checksums, which are computed while the other parts are written. */
function createChecksumEntry(count: number): CaptureEntry {
  return { name: CHECKSUMS, dtype: 'uint32', shape: [count], read: async () => new Uint8Array(4 * count) };
}

function createTensorPart({ entry, begin, end }: PlacedTensor): FilePart {
  return { name: `tensor ${formatValue(entry.name)}`, byteLength: end - begin, read: () => entry.read() };
}

function checkHeader({ runId, generation, savedAt, library }: CheckpointHeader): void {
  const wanted =
    (typeof runId !== 'string' && `runId must be a string, not ${formatValue(runId)}`) ||
    (typeof library !== 'string' && `library must be a string, not ${formatValue(library)}`) ||
    (!isCount(generation) &&
      `generation must be a whole number of at least 0, not ${formatValue(generation)}`) ||
    (!isIsoTime(savedAt) && `savedAt must be a time as toISOString writes it, not ${formatValue(savedAt)}`);
  if (wanted) throw new KeepfitError('KEEPFIT_INVALID_STATE', `the header's ${wanted}`);
}
