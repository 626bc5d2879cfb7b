import { formatValue } from '../checks/format-value.js';
import type { PartReader } from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import { waitForTurn } from '../timers.js';

/** A part of a file, read when its turn comes. */
export interface FilePart {
  /** For error messages. */
  readonly name: string;
  readonly byteLength: number;
  read(): Promise<Uint8Array>;
}

/** The limit between two turns of the event loop: about 1.5 ms of work, and all of a small model. */
const BYTES_A_TURN = 3 * 1024 * 1024;

/**
 * Copies consecutive parts into given memory, each time as much as fits. Holds at most one part.
 *
 * Copies at most 3 MiB between two turns of the event loop, whatever the size of the memory, so that training
 * continues meanwhile.
 *
 * @throws KEEPFIT_INVALID_STATE when a part does not have its length.
 */
export function createPartReader(parts: readonly FilePart[]): PartReader {
  let index = 0;
  let from = 0;
  let bytes: Uint8Array | undefined;
  let left = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  let sinceTurn = 0;
  return async (memory) => {
    // Do not wait at the end, or for bytes that still fit.
    if (sinceTurn + Math.min(memory.byteLength, left) > BYTES_A_TURN) {
      await waitForTurn();
      sinceTurn = 0;
    }
    let filled = 0;
    for (let part = parts[index]; part !== undefined && filled < memory.byteLength; part = parts[index]) {
      // A view of WASM memory becomes empty when the heap grows, which may have happened meanwhile.
      if (bytes?.byteLength !== part.byteLength) bytes = await readWhole(part);
      const to = Math.min(from + memory.byteLength - filled, part.byteLength);
      memory.set(bytes.subarray(from, to), filled);
      filled += to - from;
      from = to;
      if (from < part.byteLength) break;
      index += 1;
      from = 0;
      bytes = undefined;
    }
    sinceTurn += filled;
    left -= filled;
    return filled;
  };
}

async function readWhole(part: FilePart): Promise<Uint8Array> {
  const bytes = (await readTwiceIfEmpty(part)) as unknown;
  if (!ArrayBuffer.isView(bytes) || !('BYTES_PER_ELEMENT' in bytes) || bytes.BYTES_PER_ELEMENT !== 1) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_STATE',
      `reading ${part.name} gave ${formatValue(bytes)}; read() must resolve to a Uint8Array`,
    );
  }
  if (bytes.byteLength !== part.byteLength) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_STATE',
      `reading ${part.name} gave ${bytes.byteLength} bytes; its type and shape require ${part.byteLength}`,
    );
  }
  return bytes as Uint8Array;
}

/** Reads again if the bytes are unexpectedly empty: a view of WASM memory from before the heap grew. */
async function readTwiceIfEmpty(part: FilePart): Promise<Uint8Array> {
  const bytes = await part.read();
  return bytes?.byteLength === 0 && part.byteLength > 0 ? part.read() : bytes;
}
