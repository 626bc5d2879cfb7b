import { crc32 } from '@keepfit/callbacks/checkpoint';
import { isCount } from '@keepfit/callbacks/internal';
import type { PartHead } from '../contract/messages.js';
import { ROOM_FOR_HEAD } from './packet.js';

/** The most bytes in one message, if the server allows it. Smaller messages of others get through in between. */
const LARGEST = 512 * 1024;

/** What a server allows if it does not say. */
const DEFAULT_MAX_PAYLOAD = 1024 * 1024;

/** The most messages that are collected for one whole. */
const MOST_PARTS = 2 ** 20;

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

/**
 * Adds a part to those of its sender, and returns the joined bytes if it was the last one.
 *
 * @param collected The parts of each sender so far. A part of other bytes replaces what its sender has begun.
 */
export function collectPart(
  collected: Map<string, (Part | undefined)[]>,
  sender: string,
  part: Part,
): Uint8Array<ArrayBuffer> | undefined {
  const { index, count } = part.head;
  if (!isCount(index) || !isCount(count) || index >= count || count > MOST_PARTS) return undefined;
  const former = collected.get(sender) ?? [];
  const known = former.find((one) => one !== undefined);
  const parts =
    known !== undefined && isSameWhole(known.head, part.head)
      ? former
      : Array.from<Part | undefined>({ length: count }).fill(undefined);
  parts[index] = part;
  collected.set(sender, parts);
  if (parts.includes(undefined)) return undefined;
  collected.delete(sender);
  return joinParts(parts);
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
