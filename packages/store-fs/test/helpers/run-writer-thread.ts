import { randomUUID } from 'node:crypto';
import type * as NodeFs from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { WriterReply, WriterRequest } from '../../src/thread/writer-messages.js';
import { writerThread } from '../../src/thread/writer-thread.js';

const SLOT_SIZE = 64;

export interface ThreadOrder {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** At most 64. */
  readonly chunkLength?: number;
  readonly replaces?: string | null;
  /** After how many bytes the file is synced while it is written; not at all where it is left out. */
  readonly syncEvery?: number;
  /** Whether the store gives up after the last byte. */
  readonly isGivenUp?: boolean;
}

/** Lets the writer thread's program, in this thread, store one checkpoint on a file system; gives all that it answers. */
export function runWriterThread(fs: typeof NodeFs, order: ThreadOrder): WriterReply[] {
  return orderWriterThread(fs, order).replies;
}

/** As `runWriterThread`, where files are synced while they are written: that goes on for some turns. Aborts after a failure, as a store does. */
export async function finishWriterThread(fs: typeof NodeFs, order: ThreadOrder): Promise<WriterReply[]> {
  const { replies, ask } = orderWriterThread(fs, order);
  const has = (...kinds: string[]) => replies.some(({ kind }) => kinds.includes(kind));
  while (!has('done', 'failed', 'aborted')) await setImmediate();
  if (has('failed') && order.isGivenUp !== true) ask({ kind: 'abort' });
  while (!has('done', 'aborted')) await setImmediate();
  return replies;
}

function orderWriterThread(
  fs: typeof NodeFs,
  { path, bytes, chunkLength = SLOT_SIZE, replaces, syncEvery = Infinity, isGivenUp = false }: ThreadOrder,
): { replies: WriterReply[]; ask: (request: WriterRequest) => void } {
  const replies: WriterReply[] = [];
  let ask: (request: WriterRequest) => void = () => undefined;
  const port = {
    on: (_event: 'message', listener: (request: WriterRequest) => void) => void (ask = listener),
    postMessage: (reply: WriterReply) => void replies.push(reply),
  };
  writerThread(fs, port, syncEvery, crc32);

  const folder = dirname(path);
  const temp = join(folder, `.backup.${randomUUID()}.tmp`);
  ask({
    kind: 'begin',
    job: { temp, path, folder, byteLength: bytes.length, partLengths: [], replaces, newestTime: 0n },
  });
  for (let start = 0; start < bytes.length; start += chunkLength) {
    const part = bytes.subarray(start, start + chunkLength);
    const slot = new ArrayBuffer(SLOT_SIZE);
    new Uint8Array(slot).set(part);
    ask({ kind: 'write', slot, length: part.length });
  }
  ask({ kind: isGivenUp ? 'abort' : 'commit' });
  return { replies, ask };
}
