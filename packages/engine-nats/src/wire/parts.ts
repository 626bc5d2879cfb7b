import { crc32 } from '@keepfit/callbacks/checkpoint';
import type { PartHead } from '../contract/messages.js';
import { ROOM_FOR_HEAD } from './packet.js';

/** The most bytes in one message, if the server allows it. Smaller messages of others get through in between. */
const LARGEST = 512 * 1024;

/** What a server allows if it does not say. */
const DEFAULT_MAX_PAYLOAD = 1024 * 1024;

/** Bytes to be sent as one or more messages. */
export interface Part {
  readonly head: PartHead;
  readonly body: Uint8Array;
}

/**
 * Cuts bytes into parts that a message can have; at least one.
 *
 * @param maxPayload The most bytes of a message. @default 1 MiB, as that of a server
 */
export function cutIntoParts(
  bytes: Uint8Array,
  identity: Pick<PartHead, 'incarnation' | 'version'>,
  maxPayload = DEFAULT_MAX_PAYLOAD,
): readonly Part[] {
  const size = Math.max(1, Math.min(LARGEST, maxPayload - ROOM_FOR_HEAD));
  const count = Math.max(1, Math.ceil(bytes.length / size));
  const crc = crc32(bytes);
  return Array.from({ length: count }, (_, index) => ({
    head: { ...identity, index, count, crc },
    body: bytes.subarray(index * size, (index + 1) * size),
  }));
}

/** Joins parts that belong together; undefined if they do not. */
export function joinParts(parts: readonly (Part | undefined)[]): Uint8Array<ArrayBuffer> | undefined {
  const [first] = parts;
  if (first === undefined || first.head.count !== parts.length) return undefined;
  const joined = new Uint8Array(parts.reduce((size, part) => size + (part?.body.length ?? 0), 0));
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (part === undefined || part.head.index !== index || !isSameWhole(part.head, first.head))
      return undefined;
    joined.set(part.body, at);
    at += part.body.length;
  }
  return crc32(joined) === first.head.crc ? joined : undefined;
}

/** Whether two parts are of the same bytes. */
export function isSameWhole(one: PartHead, other: PartHead): boolean {
  return (
    one.incarnation === other.incarnation &&
    one.version === other.version &&
    one.count === other.count &&
    one.crc === other.crc
  );
}
