import { randomUUID } from 'node:crypto';
import type * as NodeFs from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type WriterReply, type WriterRequest, writerThread } from '../../src/writer-thread.js';

const SLOT_SIZE = 64;

export interface ThreadOrder {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** At most 64. */
  readonly chunkLength?: number;
  readonly replaces?: string | null;
}

/** Lets the writer thread's program, in this thread, store one checkpoint on a file system; gives all that it answers. */
export function runWriterThread(fs: typeof NodeFs, { path, bytes, chunkLength = SLOT_SIZE, replaces }: ThreadOrder): WriterReply[] {
  const memory = new SharedArrayBuffer(SLOT_SIZE);
  const replies: WriterReply[] = [];
  let ask: (request: WriterRequest) => void = () => undefined;
  const port = {
    on: (_event: 'message', listener: (request: WriterRequest) => void) => void (ask = listener),
    postMessage: (reply: WriterReply) => void replies.push(reply),
  };
  writerThread(fs, port, memory, SLOT_SIZE, crc32);

  const folder = dirname(path);
  const temp = join(folder, `.backup.${randomUUID()}.tmp`);
  ask({ kind: 'begin', job: { temp, path, folder, byteLength: bytes.length, partLengths: [], replaces, newestTime: 0n } });
  for (let start = 0; start < bytes.length; start += chunkLength) {
    const part = bytes.subarray(start, start + chunkLength);
    new Uint8Array(memory).set(part);
    ask({ kind: 'write', slot: 0, length: part.length });
  }
  ask({ kind: 'commit' });
  return replies;
}
