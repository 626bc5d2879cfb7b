import { KeepfitError } from '../contract/keepfit-error.js';
import { nextTurn } from './next-turn.js';
import { formatValue } from '../checks/format-value.js';

/** A part of a file that is read when its turn comes. */
export interface FilePart {
  /** For error messages. */
  readonly name: string;
  readonly byteLength: number;
  read(): Promise<Uint8Array>;
}

/** Between two turns of the event loop: about 1.5 ms of work, and all of a small model at once. */
const BYTES_A_TURN = 3 * 1024 * 1024;

/**
 * Copies parts, one after the other, into memory that is given, as much each time as fits. At most one part is held.
 *
 * Between two turns of the event loop no more than 3 MiB are copied, however they are taken, so that training goes on beside it.
 *
 * @throws KEEPFIT_INVALID_STATE where a part has not its length.
 */
export function partReader(parts: readonly FilePart[]): (memory: Uint8Array) => Promise<number> {
  let index = 0;
  let from = 0;
  let bytes: Uint8Array | undefined;
  let left = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  let sinceTurn = 0;
  return async (memory) => {
    // Nobody waits in vain: to learn that the end is reached, or for what still fits.
    if (sinceTurn + Math.min(memory.byteLength, left) > BYTES_A_TURN) {
      await nextTurn();
      sinceTurn = 0;
    }
    let filled = 0;
    for (let part = parts[index]; part !== undefined && filled < memory.byteLength; part = parts[index]) {
      // A view of WASM memory is emptied as the heap grows, which it may have done meanwhile.
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
  const bytes = (await firstRead(part)) as unknown;
  if (!ArrayBuffer.isView(bytes) || !('BYTES_PER_ELEMENT' in bytes) || bytes.BYTES_PER_ELEMENT !== 1) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_STATE',
      `reading ${part.name} gave ${formatValue(bytes)}; read() must resolve to a Uint8Array`,
    );
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
