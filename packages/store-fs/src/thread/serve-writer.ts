import { crc32 } from 'node:zlib';
import { setTimeout as pause } from 'node:timers/promises';
import { joinParts, PartChecksums } from '@keepfit/callbacks/internal';
import { type CheckpointContent, KeepfitError } from '@keepfit/callbacks/store';
import { toWriteFolder } from '../folder/folder.js';
import type { FileSystem } from '../system/file-system.js';
import { writeCheckpoint } from '../write/write-checkpoint.js';
import {
  toSentError,
  writeNote,
  type WriterJob,
  type WriterOutcome,
  type WriterReply,
  type WriterRequest,
} from './messages.js';

/** The thread's end of the line to the training. */
export interface ThreadPort {
  on(event: 'message', listener: (requests: readonly WriterRequest[]) => void): unknown;
  postMessage(replies: readonly WriterReply[], transfer: readonly ArrayBuffer[]): void;
}

/**
 * The program of the thread that writes: it takes one checkpoint after the other. The bytes arrive in buffers,
 * which it sends back.
 *
 * @throws when the program is at fault, never when a checkpoint cannot be written.
 */
export async function serveWriter(port: ThreadPort, fs: FileSystem): Promise<never> {
  const line = new Line(port);
  for (;;) {
    const request = await line.receive();
    // Other requests belong to a checkpoint that has failed.
    if (request.kind === 'begin') line.send({ kind: 'ended', outcome: await write(line, request.job, fs) });
    line.flush();
  }
}

async function write(line: Line, job: WriterJob, fs: FileSystem): Promise<WriterOutcome> {
  // The thread never runs on Windows.
  const folder = toWriteFolder(job.folder, fs, { isWindows: false, pause });
  const { path, syncEvery } = folder;
  const { partLengths } = job;
  const checksums = partLengths && new PartChecksums(partLengths, crc32);
  const chunks = receiveChunks(line);
  const content: CheckpointContent = {
    byteLength: job.byteLength,
    chunks: checksums === undefined ? chunks : addChecksums(chunks, checksums),
  };
  const result = await writeCheckpoint(folder, job.key, content, job.condition, {
    temp: job.temp,
    beforeRename: (version) => writeNote(job.renaming, version),
    getCrc: checksums && partLengths && (() => joinCrc(partLengths, checksums.toBytes())),
  }).catch(toSentError);
  const { isPrepared, known } = folder;
  return { folder: { path, syncEvery, isPrepared, known }, result };
}

/** Returns the CRC-32 of all parts, followed by their checksums. */
function joinCrc(lengths: readonly number[], checksums: Uint8Array): number {
  return crc32(checksums, joinParts(lengths, checksums));
}

async function* receiveChunks(line: Line): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const request = await line.receive();
    if (request.kind === 'commit') return;
    if (request.kind !== 'bytes') throw new KeepfitError('KEEPFIT_STORE_FAILED', 'the store has given up');
    const { buffer, length } = request;
    yield new Uint8Array(buffer, 0, length);
    line.send({ kind: 'freed', buffer });
  }
}

async function* addChecksums(
  chunks: AsyncIterable<Uint8Array>,
  checksums: PartChecksums,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    checksums.add(chunk);
    yield chunk;
  }
  yield checksums.toBytes();
}

/** Takes requests one by one, and sends replies together if possible because messages are expensive. */
class Line {
  readonly #port: ThreadPort;
  #requests: WriterRequest[] = [];
  #replies: WriterReply[] = [];
  #wake: () => void = () => undefined;

  constructor(port: ThreadPort) {
    this.#port = port;
    port.on('message', (requests) => {
      this.#requests.push(...requests);
      this.#wake();
    });
  }

  async receive(): Promise<WriterRequest> {
    for (;;) {
      const request = this.#requests.shift();
      if (request !== undefined) return request;
      this.flush();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  send(reply: WriterReply): void {
    this.#replies.push(reply);
  }

  flush(): void {
    if (this.#replies.length === 0) return;
    const buffers = this.#replies.flatMap((reply) => (reply.kind === 'freed' ? [reply.buffer] : []));
    this.#port.postMessage(this.#replies, buffers);
    this.#replies = [];
  }
}
