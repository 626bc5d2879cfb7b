import { isCount } from '../checks/check-options.js';
import { formatValue } from '../checks/format-value.js';
import type { CheckpointContent } from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { CaptureEntry, StateRecord } from '../contract/state.js';
import { checkpointChunks } from './checkpoint-chunks.js';
import { type CheckpointHeader, isIsoTime } from './checkpoint-header.js';
import { CHECKSUMS, FORMAT, METADATA_KEY } from './checkpoint-layout.js';
import { encodeState } from './encode-state.js';
import { type FilePart, partReader } from './part-reader.js';
import { type PlacedTensor, placeTensors, writeHeader } from './place-tensors.js';

/**
 * Writes a training as one safetensors file, which any safetensors library can read.
 *
 * ```
 * 8 bytes      the length N of the JSON, little-endian
 * N bytes      JSON, blanks at its end: for each tensor its type, shape and place, and __metadata__:
 *              { "keepfit": "{\"format\":1, …header, \"state\": …}", "format": "keepfit" }
 * the rest     tensors, larger items first, then by name; last "keepfit.crc32", U32: CRC-32 of all before the tensors,
 *              then of each tensor in the order of the file
 * ```
 *
 * State and names are read, checked and copied now, so a callback may go on changing what it gave. Each entry is read only when
 * its turn comes, and the entries must not be disposed before the chunks, or the parts, have ended. They can be taken once.
 * Costs one copy through 1 MiB of memory, and the checksum.
 *
 * @throws KEEPFIT_INVALID_STATE for what a file cannot keep, naming it; the chunks, for an entry that has not as many bytes
 * as its type and shape ask for.
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
  const tensors = placeTensors(entries, checksumEntry(entries.length + 1));
  const headerBytes = writeHeader({ [METADATA_KEY]: json, format: 'keepfit' }, tensors);
  const parts = [
    { name: 'the header', byteLength: headerBytes.byteLength, read: async () => headerBytes },
    ...tensors.slice(0, -1).map(tensorPart),
  ];
  const lengths = parts.map((part) => part.byteLength);
  const byteLength = lengths.reduce((sum, length) => sum + length, 4 * lengths.length);
  const readInto = partReader(parts);
  return {
    byteLength,
    chunks: iterableOnce(() => checkpointChunks({ lengths, readInto })),
    parts: { lengths, readInto },
  };
}

/** For its place only: it is computed while the others are written. */
function checksumEntry(count: number): CaptureEntry {
  return { name: CHECKSUMS, dtype: 'uint32', shape: [count], read: async () => new Uint8Array(4 * count) };
}

function tensorPart({ entry, begin, end }: PlacedTensor): FilePart {
  return { name: `tensor ${formatValue(entry.name)}`, byteLength: end - begin, read: () => entry.read() };
}

function iterableOnce<Item>(start: () => AsyncIterator<Item>): AsyncIterable<Item> {
  let isStarted = false;
  return {
    [Symbol.asyncIterator]() {
      if (isStarted)
        throw new KeepfitError(
          'KEEPFIT_INVALID_STATE',
          'the chunks of a checkpoint can be iterated once; encode it again',
        );
      isStarted = true;
      return start();
    },
  };
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
