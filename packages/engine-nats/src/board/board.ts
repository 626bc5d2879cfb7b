import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { CurrentHead, PartHead } from '../contract/messages.js';
import type { Subjects } from '../contract/subjects.js';
import { isMissingStream } from './streams.js';
import { type Packet, readPacket, writePacket } from '../wire/packet.js';
import { cutIntoParts, isSameWhole, joinParts, type Part } from '../wire/parts.js';
import { runInWindow } from '../wire/run-in-window.js';

// The board is a stream that keeps the last message of each subject:
//   <board>.current                          the incarnation that computes
//   <board>.<incarnation>.training.<part>    what workers make their runner from
//   <board>.<incarnation>.weights.<part>     the weights of the step
//   <board>.<incarnation>.block-<n>.<part>   the shards of a block of the step
// An incarnation writes under its own name, so that a former one cannot write over it.

/** Some bytes on the board. */
export interface BoardPlace {
  readonly incarnation: string;
  readonly name: string;
  readonly version: number;
}

/** Names the incarnation that computes from now on. */
export async function writeCurrent(
  stream: JetStreamClient,
  { board }: Subjects,
  incarnation: string,
): Promise<void> {
  await stream.publish(`${board}.current`, writePacket({ incarnation } satisfies CurrentHead));
}

/** Reads which incarnation computes; undefined if none does, or the board is gone. */
export async function readCurrent(
  manager: JetStreamManager,
  subjects: Subjects,
): Promise<string | undefined> {
  const { boardStream, board } = subjects;
  try {
    // Not by `direct`, because nobody answers such a request if there is no stream.
    const message = await manager.streams.getMessage(boardStream, { last_by_subj: `${board}.current` });
    return (readPacket(message?.data)?.head as Partial<CurrentHead> | undefined)?.incarnation;
  } catch (error) {
    if (isMissingStream(error)) return undefined;
    throw error;
  }
}

/** Writes bytes, in place of those that are under this name. */
export async function writeToBoard(
  stream: JetStreamClient,
  { board }: Subjects,
  { name, ...identity }: BoardPlace,
  bytes: Uint8Array,
  maxPayload: number | undefined,
): Promise<void> {
  const parts = cutIntoParts(bytes, identity, maxPayload);
  await runInWindow(parts, ({ head, body }) =>
    stream.publish(`${board}.${identity.incarnation}.${name}.${head.index}`, writePacket(head, body)),
  );
}

/** How often a set whose parts do not fit together is read again. */
const MOST_READS = 20;

/**
 * Reads bytes; undefined if they are not there, or a later version is. If there is no board, nobody answers, and it
 * rejects some seconds later.
 */
export async function readFromBoard(
  manager: JetStreamManager,
  subjects: Subjects,
  place: BoardPlace,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  for (let read = 0; read < MOST_READS; read++) {
    const first = await readPart(manager, subjects, place, 0);
    if (first === undefined || first.head.version > place.version) return undefined;
    if (first.head.version < place.version) continue;
    const parts: Part[] = [first];
    await runInWindow(
      Array.from({ length: first.head.count - 1 }, (_, index) => index + 1),
      async (index) => {
        const part = await readPart(manager, subjects, place, index);
        if (part !== undefined && isSameWhole(part.head, first.head)) parts[index] = part;
      },
    );
    const joined = joinParts(Array.from({ length: first.head.count }, (_, index) => parts[index]));
    if (joined !== undefined) return joined;
  }
  return undefined;
}

async function readPart(
  manager: JetStreamManager,
  subjects: Subjects,
  { incarnation, name }: BoardPlace,
  index: number,
): Promise<Part | undefined> {
  const packet = await readLast(manager, subjects, `${incarnation}.${name}.${index}`);
  return packet === undefined ? undefined : { head: packet.head as PartHead, body: packet.body };
}

async function readLast(
  manager: JetStreamManager,
  { boardStream, board }: Subjects,
  name: string,
): Promise<Packet | undefined> {
  const message = await manager.direct.getMessage(boardStream, { last_by_subj: `${board}.${name}` });
  return readPacket(message?.data);
}
