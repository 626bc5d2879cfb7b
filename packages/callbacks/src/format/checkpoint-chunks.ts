import { KeepfitError } from '../keepfit-error.js';
import { shown } from '../check-options.js';
import { crc32 } from './crc32.js';

/** A part of a file that is read when its turn comes. */
export interface FilePart {
  /** For error messages. */
  readonly name: string;
  readonly byteLength: number;
  read(): Promise<Uint8Array>;
}

const CHUNK = 4 * 1024 * 1024;

/**
 * Yields all parts, one after the other, in chunks of at most 4 MiB, and pushes the CRC-32 of each to `checksums` when it is through.
 *
 * Every chunk is the same memory: small parts share a chunk, and what is yielded stays whole when a part lies in WASM memory,
 * whose views are emptied as the heap grows. At most one part is held beside it. No turn of the event loop takes longer than
 * the checksum of a chunk, about 3 ms.
 *
 * @throws KEEPFIT_INVALID_STATE where a part has not its length.
 */
export async function* checkpointChunks(parts: readonly FilePart[], checksums: number[]): AsyncGenerator<Uint8Array, void, undefined> {
  const total = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const chunk = new Uint8Array(Math.min(CHUNK, total));
  let filled = 0;
  for (const part of parts) {
    let bytes = await readWhole(part);
    let checksum = 0;
    for (let from = 0; from < part.byteLength; ) {
      const to = Math.min(from + chunk.byteLength - filled, part.byteLength);
      // While the chunk before was written, the heap may have grown.
      if (bytes.byteLength !== part.byteLength) bytes = await readWhole(part);
      const slice = chunk.subarray(filled, filled + to - from);
      slice.set(bytes.subarray(from, to));
      checksum = crc32(slice, checksum);
      filled += to - from;
      from = to;
      if (filled === chunk.byteLength) {
        yield chunk;
        filled = 0;
      }
    }
    checksums.push(checksum);
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}

async function readWhole(part: FilePart): Promise<Uint8Array> {
  const bytes = (await firstRead(part)) as unknown;
  if (!ArrayBuffer.isView(bytes) || !('BYTES_PER_ELEMENT' in bytes) || bytes.BYTES_PER_ELEMENT !== 1) {
    throw new KeepfitError('KEEPFIT_INVALID_STATE', `reading ${part.name} gave ${shown(bytes)}; read() must resolve to a Uint8Array`);
  }
  if (bytes.byteLength !== part.byteLength) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_STATE',
      `reading ${part.name} gave ${bytes.byteLength} bytes; its type and shape ask for ${part.byteLength}`,
    );
  }
  return bytes as Uint8Array;
}

/** Reads once more what comes empty and should not: a view of WASM memory from before the heap grew. */
async function firstRead(part: FilePart): Promise<Uint8Array> {
  const bytes = await part.read();
  return bytes?.byteLength === 0 && part.byteLength > 0 ? part.read() : bytes;
}
