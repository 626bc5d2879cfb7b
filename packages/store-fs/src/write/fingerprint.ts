import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** In bytes. A checkpoint has its header at one end, and the checksums of up to 4,096 tensors at the other. */
const EDGE = 16 * 1024;

/**
 * Computes the version of a checkpoint from its bytes: `<length>-<SHA-256 of both ends>-<CRC-32 of all>`.
 *
 * Only the bytes are the same for everybody and at any time. Many file systems make up device and inode
 * numbers when a file is looked up (sshfs, FAT, FUSE), and round its time when their cache is emptied. And two
 * files can have the same numbers and the same time.
 */
export class Fingerprint {
  readonly #byteLength: number;
  readonly #edges = createHash('sha256');
  readonly #getCrc: (() => number) | undefined;
  #crc = 0;
  #offset = 0;

  /** @param getCrc Gives the CRC-32 of the bytes, if somebody else computes it. */
  constructor(byteLength: number, getCrc?: () => number) {
    this.#byteLength = byteLength;
    this.#getCrc = getCrc;
  }

  add(bytes: Uint8Array): void {
    if (this.#getCrc === undefined) this.#crc = crc32(bytes, this.#crc);
    for (const [from, to] of getEdges(this.#byteLength)) {
      const begin = Math.max(from - this.#offset, 0);
      const end = Math.min(to - this.#offset, bytes.length);
      if (begin < end) this.#edges.update(bytes.subarray(begin, end));
    }
    this.#offset += bytes.length;
  }

  /** Leaves out what lies between the two ends. The version is wrong then, but not its first part. */
  skipTo(offset: number): void {
    this.#offset = offset;
  }

  /** The part of the version that tells the length and the two ends. */
  formatEdges(): string {
    return `${this.#byteLength}-${this.#edges.copy().digest('hex').slice(0, 32)}-`;
  }

  formatVersion(): string {
    const crc = this.#getCrc?.() ?? this.#crc;
    return this.formatEdges() + crc.toString(16).padStart(8, '0');
  }
}

/** The ranges of bytes at both ends; one range if that is all. */
export function getEdges(byteLength: number): [from: number, to: number][] {
  if (byteLength <= 2 * EDGE) return [[0, byteLength]];
  return [
    [0, EDGE],
    [byteLength - EDGE, byteLength],
  ];
}

/** Whether a version tells this length. */
export function hasLength(version: string, byteLength: bigint): boolean {
  return version.startsWith(`${byteLength}-`);
}
