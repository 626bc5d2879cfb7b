import { crc32c } from './crc32c.js';

const LENGTH_BYTES = 8;
const CRC_BYTES = 4;

/**
 * Frames data as one TFRecord: its length (64 bits), the masked CRC-32C of the length, the data, its masked CRC-32C; all little-endian.
 * Source: https://www.tensorflow.org/tutorials/load_data/tfrecord, "TFRecords format details".
 */
export function tfRecord(data: Uint8Array): Uint8Array {
  const dataAt = LENGTH_BYTES + CRC_BYTES;
  const record = new Uint8Array(dataAt + data.length + CRC_BYTES);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(LENGTH_BYTES, maskedCrc(record.subarray(0, LENGTH_BYTES)), true);
  record.set(data, dataAt);
  view.setUint32(dataAt + data.length, maskedCrc(data), true);
  return record;
}

/** Masked, since the CRC of data that holds CRCs says little: rotated right by 15 bits, plus a constant. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
