/** The operations of FUSE that the server knows, by the kernel's numbers (linux/fuse.h). */
export const OPERATION = {
  lookup: 1,
  forget: 2,
  getAttributes: 3,
  setAttributes: 4,
  open: 14,
  read: 15,
  write: 16,
  statFs: 17,
  release: 18,
  sync: 20,
  flush: 25,
  init: 26,
  interrupt: 36,
  destroy: 38,
  batchForget: 42,
} as const;

export const [REGULAR, FOLDER] = [0o100600, 0o040700];
/** The largest write that the kernel may send at once. Its buffer also has a header. */
export const LARGEST_WRITE = 2 ** 20;

const IN_HEADER = 40;
/** Every read and write of the file reaches the server; none stays in the page cache. */
const FOPEN_DIRECT_IO = 1;
const [FUSE_BIG_WRITES, FUSE_MAX_PAGES] = [1 << 5, 1 << 22];

export interface FuseRequest {
  readonly operation: number;
  readonly id: bigint;
  readonly node: number;
  readonly body: Buffer;
}

export function parseRequest(bytes: Buffer): FuseRequest {
  return {
    operation: bytes.readUInt32LE(4),
    id: bytes.readBigUInt64LE(8),
    node: Number(bytes.readBigUInt64LE(16)),
    body: bytes.subarray(IN_HEADER, bytes.readUInt32LE(0)),
  };
}

/** An answer: `error` is 0, or an errno above it. */
export function createAnswer(id: bigint, error: number, body: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(16 + body.length, 0);
  header.writeInt32LE(-error, 4);
  header.writeBigUInt64LE(id, 8);
  return Buffer.concat([header, body]);
}

export function initAnswer(request: Buffer): Buffer {
  const body = Buffer.alloc(64);
  body.writeUInt32LE(7, 0);
  body.writeUInt32LE(31, 4);
  body.writeUInt32LE(request.readUInt32LE(8), 8);
  body.writeUInt32LE((request.readUInt32LE(12) & (FUSE_BIG_WRITES | FUSE_MAX_PAGES)) >>> 0, 12);
  body.writeUInt16LE(16, 16);
  body.writeUInt16LE(12, 18);
  body.writeUInt32LE(LARGEST_WRITE, 20);
  body.writeUInt32LE(1, 24);
  body.writeUInt16LE(LARGEST_WRITE / 4096, 28);
  return body;
}

export function openAnswer(): Buffer {
  const body = Buffer.alloc(16);
  body.writeUInt32LE(FOPEN_DIRECT_IO, 8);
  return body;
}

export function attributesAnswer(node: number, mode: number, size: number): Buffer {
  return Buffer.concat([Buffer.alloc(16), attributes(node, mode, size)]);
}

export function entryAnswer(node: number, mode: number, size: number): Buffer {
  const head = Buffer.alloc(40);
  head.writeBigUInt64LE(BigInt(node), 0);
  return Buffer.concat([head, attributes(node, mode, size)]);
}

export function writtenAnswer(length: number): Buffer {
  const body = Buffer.alloc(8);
  body.writeUInt32LE(length, 0);
  return body;
}

/** Parses the place and length of a read or write. The data of a write begin at `data`. */
export function parseRange(body: Buffer): { offset: number; length: number; data: Buffer } {
  return { offset: Number(body.readBigUInt64LE(8)), length: body.readUInt32LE(16), data: body.subarray(40) };
}

function attributes(node: number, mode: number, size: number): Buffer {
  const body = Buffer.alloc(88);
  body.writeBigUInt64LE(BigInt(node), 0);
  body.writeBigUInt64LE(BigInt(size), 8);
  body.writeBigUInt64LE(BigInt(Math.ceil(size / 512)), 16);
  body.writeUInt32LE(mode, 60);
  body.writeUInt32LE(mode === FOLDER ? 2 : 1, 64);
  body.writeUInt32LE(4096, 80);
  return body;
}
