const LENGTH_BYTES = 8;
const CRC_BYTES = 4;

/**
 * Frames data as one TFRecord: its length (64 bits), the masked CRC-32C of the length, the data, its masked
 * CRC-32C; all little-endian. Source: https://www.tensorflow.org/tutorials/load_data/tfrecord, "TFRecords
 * format details".
 */
export function encodeRecord(data: Uint8Array): Uint8Array {
  const dataAt = LENGTH_BYTES + CRC_BYTES;
  const record = new Uint8Array(dataAt + data.length + CRC_BYTES);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(LENGTH_BYTES, computeMaskedCrc(record.subarray(0, LENGTH_BYTES)), true);
  record.set(data, dataAt);
  view.setUint32(dataAt + data.length, computeMaskedCrc(data), true);
  return record;
}

/**
 * Computes a masked CRC, rotated right by 15 bits plus a constant, because the CRC of data that contain CRCs
 * says little.
 */
function computeMaskedCrc(bytes: Uint8Array): number {
  const crc = computeCrc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** The polynomial of Castagnoli, bits reversed. */
const POLYNOMIAL = 0x82f63b78;

/** Built at the first call. */
let table: Int32Array | undefined;

/**
 * Computes the CRC-32C of RFC 3720, appendix B.4, as an unsigned number. One byte per iteration is enough:
 * event files are small.
 */
export function computeCrc32c(bytes: Uint8Array): number {
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
