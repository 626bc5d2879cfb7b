import { POLYNOMIAL } from './crc32.js';

/** The polynomial 1 as zlib's CRC-32 stores it: the highest power is the lowest bit. */
const ONE = 0x80000000;
/** The polynomial x to the power of 8, the shift by one byte. */
const BYTE = 0x00800000;

/**
 * Creates the function that joins two CRC-32: of some bytes, and of `length` bytes that follow them. A CRC is a
 * remainder of polynomials over two elements, so a shift is a multiplication (after zlib's `crc32_combine`).
 */
export function createJoin(length: number): (before: number, after: number) => number {
  let shift = ONE;
  let power = BYTE;
  for (let left = length; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) shift = multiply(shift, power);
    power = multiply(power, power);
  }
  return (before, after) => (multiply(shift, before) ^ after) >>> 0;
}

/** Multiplies two polynomials modulo that of CRC-32. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if (a & bit) product ^= b;
    b = b & 1 ? (b >>> 1) ^ POLYNOMIAL : b >>> 1;
  }
  return product;
}

/** Returns the CRC-32 of consecutive parts from theirs, 4 bytes little-endian each: see `PartChecksums`. */
export function joinParts(lengths: readonly number[], checksums: Uint8Array): number {
  const view = new DataView(checksums.buffer, checksums.byteOffset, checksums.byteLength);
  return lengths.reduce((crc, length, part) => createJoin(length)(crc, view.getUint32(4 * part, true)), 0);
}
