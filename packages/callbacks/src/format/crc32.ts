import { crc32ByTables } from './crc32-by-tables.js';

type Checksum = (bytes: Uint8Array, seed: number) => number;

/** zlib counts in 32 bits. */
const LARGEST = 2 ** 30;

/**
 * The CRC-32 of IEEE 802.3, the value of zlib's `crc32`, as an unsigned number. With `seed` it goes on from an earlier part:
 * `crc32(b, crc32(a))` is the CRC of `a` followed by `b`. Costs 1 s for 3 to 5 GB in Node, whose zlib does it, and for 1.5 GB in a page.
 *
 * @default seed 0
 */
export function crc32(bytes: Uint8Array, seed = 0): number {
  const checksum = zlibChecksum() ?? crc32ByTables;
  let crc = seed;
  for (let from = 0; from < bytes.length; from += LARGEST)
    crc = checksum(bytes.subarray(from, from + LARGEST), crc);
  return crc;
}

/** Looked up, not imported: this package runs where there is no Node. */
function zlibChecksum(): Checksum | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => { crc32?: Checksum } | undefined };
  };
  return process?.getBuiltinModule?.('node:zlib')?.crc32;
}
