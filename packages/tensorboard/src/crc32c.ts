/** The polynomial of Castagnoli, bits reversed. */
const POLYNOMIAL = 0x82f63b78;

/** Built at the first call. */
let table: Int32Array | undefined;

/** The CRC-32C of RFC 3720, appendix B.4, as an unsigned number. A byte a turn, for event files are small. */
export function crc32c(bytes: Uint8Array): number {
  const remainders = (table ??= buildTable());
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ (remainders[(crc ^ byte) & 255] as number);
  return ~crc >>> 0;
}

function buildTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    return crc;
  });
}
