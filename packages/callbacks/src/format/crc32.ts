type Checksum = (bytes: Uint8Array, seed: number) => number;

/** zlib takes lengths of 32 bits. */
const LARGEST = 2 ** 30;

/**
 * Computes the CRC-32 of IEEE 802.3, the value of zlib's `crc32`, as an unsigned number. With `seed` it
 * continues from an earlier part: `crc32(b, crc32(a))` is the CRC of `a` followed by `b`. Takes 1 s for 3 to
 * 5 GB in Node, which uses zlib, and for 1.5 GB in a page.
 *
 * @param seed The CRC of the bytes before. @default 0
 */
export function crc32(bytes: Uint8Array, seed = 0): number {
  const checksum = findZlibChecksum() ?? computeCrc32;
  let crc = seed;
  for (let from = 0; from < bytes.length; from += LARGEST)
    crc = checksum(bytes.subarray(from, from + LARGEST), crc);
  return crc;
}

/** Looked up at run time, not imported, because this package also runs without Node. */
function findZlibChecksum(): Checksum | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => { crc32?: Checksum } | undefined };
  };
  return process?.getBuiltinModule?.('node:zlib')?.crc32;
}

const TABLES = 16;
export const POLYNOMIAL = 0xedb88320;

/** Built at the first call: programs without checkpoints do not pay for these 16 KiB. */
let tables: Int32Array | undefined;

/**
 * Computes the CRC-32 in JavaScript alone, for browsers, which offer none.
 *
 * Processes sixteen bytes per iteration with sixteen tables ("slicing-by-16", after Kounavis and Berry,
 * Intel, 2005), about 1.5 GB/s. Measurements showed it faster than slicing by 8, and faster by words than by
 * bytes.
 */
export function computeCrc32(bytes: Uint8Array, seed: number): number {
  const table = (tables ??= buildTables());
  const { length } = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const blocksEnd = length - (length % TABLES);
  let crc = ~seed;
  for (let at = 0; at < blocksEnd; at += TABLES) {
    crc =
      lookUpWord(table, 3072, crc ^ view.getInt32(at, true)) ^
      lookUpWord(table, 2048, view.getInt32(at + 4, true)) ^
      lookUpWord(table, 1024, view.getInt32(at + 8, true)) ^
      lookUpWord(table, 0, view.getInt32(at + 12, true));
  }
  for (let at = blocksEnd; at < length; at++) {
    crc = (crc >>> 8) ^ (table[(crc ^ view.getUint8(at)) & 255] as number);
  }
  return ~crc >>> 0;
}

/** The contribution of four bytes, by four tables of which the last begins at `first`. */
function lookUpWord(table: Int32Array, first: number, word: number): number {
  return (
    (table[first + 768 + (word & 255)] as number) ^
    (table[first + 512 + ((word >>> 8) & 255)] as number) ^
    (table[first + 256 + ((word >>> 16) & 255)] as number) ^
    (table[first + (word >>> 24)] as number)
  );
}

/** Table k holds the CRC of each byte followed by k zero bytes. */
function buildTables(): Int32Array {
  const table = new Int32Array(256 * TABLES);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    table[byte] = crc;
  }
  for (let at = 256; at < table.length; at++) {
    const shorter = table[at - 256] as number;
    table[at] = (shorter >>> 8) ^ (table[shorter & 255] as number);
  }
  return table;
}
