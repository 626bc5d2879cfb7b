import { crc32 } from '@keepfit/callbacks/checkpoint';

// One message:
//   4 bytes   CRC-32 of the rest, little-endian
//   4 bytes   the length N of the head
//   N bytes   the head, JSON
//   the rest  bytes
const START = 8;

/** Bytes of a message beside its body that every head fits into. */
export const ROOM_FOR_HEAD = 4096;

/** A message whose checksum is right. Its head has whatever the sender wrote. */
export interface Packet {
  readonly head: unknown;
  readonly body: Uint8Array;
}

/** Writes a message. */
export function writePacket(head: object, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(head));
  const bytes = new Uint8Array(START + text.length + body.length);
  bytes.set(text, START);
  bytes.set(body, START + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, text.length, true);
  view.setUint32(0, crc32(bytes.subarray(4)), true);
  return bytes;
}

/** Reads a message; undefined if it is none, or damaged. The body is a view of the bytes. */
export function readPacket(bytes: unknown): Packet | undefined {
  if (!(bytes instanceof Uint8Array) || bytes.length < START) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== crc32(bytes.subarray(4))) return undefined;
  const end = START + view.getUint32(4, true);
  try {
    const head: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(START, end)));
    return typeof head === 'object' && head !== null ? { head, body: bytes.subarray(end) } : undefined;
  } catch {
    return undefined;
  }
}
