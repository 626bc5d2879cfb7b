import type * as NodeFs from 'node:fs';
import type { WriterFailure, WriterJob, WriterReply, WriterRequest } from './writer-messages.js';

type Checksum = (bytes: Uint8Array, seed: number) => number;

interface Port {
  on(event: 'message', listener: (request: WriterRequest) => void): unknown;
  postMessage(reply: WriterReply): void;
}

/**
 * Writes checkpoints in a thread, by the same steps as `writeCheckpoint`, which says why each is there. Their bytes arrive in slots,
 * which are sent back.
 *
 * Of a large file the system is asked each `syncEvery` bytes to put on the disk what is there, while more is written: else the disk
 * stands still until all bytes have come. What makes the file durable is still the sync at the end.
 *
 * The thread is started with the text of this function, so that it needs no file of its own that a bundler would have to know of:
 * it can use nothing from outside but its parameters.
 */
export function writerThread(fs: typeof NodeFs, port: Port, syncEvery: number, crc32: Checksum): void {
  let job: WriterJob | undefined;
  let file = -1;
  let written = 0;
  let unsynced = 0;
  /** Whether the file is being synced while it is written; it is not closed then, and what comes after that waits. */
  let isSyncing = false;
  let waiting: WriterRequest | undefined;
  let hasFailed = false;
  let before = 0n;
  let part = 0;
  let leftOfPart = 0;
  let checksums = new Uint32Array(0);
  let doing = { action: '', path: '' };

  const attempt = <Result>(action: string, path: string, operation: () => Result): Result => {
    doing = { action, path };
    return operation();
  };
  const codeOf = (error: unknown) => String((error as { code?: unknown } | null)?.code ?? '');
  const versionOf = ({ dev, ino, mtimeNs, size }: NodeFs.BigIntStats) => `${dev}:${ino}:${mtimeNs}:${size}`;
  const failed = (failure: WriterFailure) => ({ failure });

  /** The time of the file that is there, or 0. */
  const checkCondition = ({ path, replaces }: WriterJob): bigint => {
    const stats = attempt('look at', path, () => fs.lstatSync(path, { bigint: true, throwIfNoEntry: false }));
    const found = stats === undefined ? null : versionOf(stats);
    if (replaces !== undefined && replaces !== found) throw failed({ why: 'conflict', found });
    return stats?.mtimeNs ?? 0n;
  };

  const syncFolder = (path: string) => {
    attempt('sync the folder', path, () => {
      const folder = fs.openSync(path, fs.constants.O_RDONLY);
      try {
        fs.fsyncSync(folder);
      } catch (error) {
        if (codeOf(error) !== 'EINVAL') throw error;
      } finally {
        fs.closeSync(folder);
      }
    });
  };

  /** A folder that was removed meanwhile is made again, its entry and those of its parents durable. */
  const makeFolder = (path: string) => {
    const first = attempt('make the folder', path, () =>
      fs.mkdirSync(path, { recursive: true, mode: 0o700 }),
    );
    for (let made = path; first !== undefined && made.length >= first.length;) {
      made = made.slice(0, made.search(/[\\/][^\\/]*$/)) || '/';
      syncFolder(made);
    }
  };

  const open = ({ temp }: WriterJob) => {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = fs.constants;
    return attempt('make', temp, () => fs.openSync(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600));
  };

  const begin = (next: WriterJob) => {
    job = next;
    written = 0;
    unsynced = 0;
    hasFailed = false;
    part = 0;
    leftOfPart = next.partLengths[0] ?? 0;
    checksums = new Uint32Array(next.partLengths.length);
    const time = checkCondition(next);
    before = time > next.newestTime ? time : next.newestTime;
    try {
      file = open(next);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      makeFolder(next.folder);
      file = open(next);
    }
  };

  const write = ({ temp }: WriterJob, bytes: Uint8Array) => {
    for (let offset = 0; offset < bytes.length;) {
      const length = bytes.length - offset;
      const count = attempt('write', temp, () => fs.writeSync(file, bytes, offset, length, written));
      if (!(count > 0 && count <= length)) throw failed({ why: 'write', length, written: count });
      offset += count;
      written += count;
    }
  };

  /** In another thread of Node's. Of an error of the disk only the first sync after it is told, so it counts whichever that is. */
  const syncEarly = ({ temp }: WriterJob, length: number) => {
    unsynced += length;
    if (unsynced < syncEvery || isSyncing) return;
    unsynced = 0;
    isSyncing = true;
    fs.fsync(file, (error) => {
      isSyncing = false;
      reply(() => {
        doing = { action: 'sync', path: temp };
        if (hasFailed) discard();
        else if (error) throw error;
        return undefined;
      });
      const request = waiting;
      waiting = undefined;
      if (request !== undefined) reply(() => answer(request));
    });
  };

  const sum = ({ partLengths }: WriterJob, bytes: Uint8Array) => {
    for (let from = 0; from < bytes.length && part < partLengths.length;) {
      const to = Math.min(from + leftOfPart, bytes.length);
      checksums[part] = crc32(bytes.subarray(from, to), checksums[part] ?? 0);
      leftOfPart -= to - from;
      from = to;
      while (leftOfPart === 0 && part < partLengths.length) leftOfPart = partLengths[++part] ?? 0;
    }
  };

  const writeSums = (done: WriterJob) => {
    const bytes = new DataView(new ArrayBuffer(4 * checksums.length));
    checksums.forEach((checksum, index) => bytes.setUint32(4 * index, checksum, true));
    write(done, new Uint8Array(bytes.buffer));
  };

  const stampAfter = ({ temp }: WriterJob, stats: NodeFs.BigIntStats): bigint => {
    let time = stats.mtimeNs;
    for (const milliseconds of [2n, 2000n]) {
      if (time > before) break;
      const seconds = Number(before / 1_000_000n + milliseconds) / 1000;
      attempt('set the time of', temp, () => fs.futimesSync(file, seconds, seconds));
      time = attempt('look at', temp, () => fs.fstatSync(file, { bigint: true })).mtimeNs;
    }
    return time;
  };

  const commit = (done: WriterJob): WriterReply => {
    const { temp, path, folder } = done;
    writeSums(done);
    const stats = attempt('look at', temp, () => fs.fstatSync(file, { bigint: true }));
    if (stats.size !== BigInt(done.byteLength)) throw failed({ why: 'size', found: stats.size });
    const time = stampAfter(done, stats);
    attempt('sync', temp, () => fs.fsyncSync(file));
    const closing = file;
    file = -1;
    attempt('close', temp, () => fs.closeSync(closing));
    const version = versionOf(attempt('look at', temp, () => fs.lstatSync(temp, { bigint: true })));
    checkCondition(done);
    attempt('put a new checkpoint at', path, () => fs.renameSync(temp, path));
    // From here on the temp file is the checkpoint.
    job = undefined;
    syncFolder(folder);
    return { kind: 'done', version, time };
  };

  /** The error that led here is what counts. */
  const discard = () => {
    hasFailed = true;
    if (isSyncing) return;
    const { temp } = job ?? {};
    job = undefined;
    try {
      if (file >= 0) fs.closeSync(file);
    } catch {}
    file = -1;
    try {
      if (temp !== undefined) fs.unlinkSync(temp);
    } catch {}
  };

  const answer = (request: WriterRequest): WriterReply | undefined => {
    if (isSyncing && request.kind !== 'write') {
      waiting = request;
      return undefined;
    }
    if (request.kind === 'abort') {
      discard();
      return { kind: 'aborted' };
    }
    if (request.kind === 'begin') begin(request.job);
    if (request.kind === 'begin' || job === undefined || hasFailed) return undefined;
    if (request.kind === 'commit') return commit(job);
    const bytes = new Uint8Array(request.slot, 0, request.length);
    write(job, bytes);
    sum(job, bytes);
    syncEarly(job, bytes.length);
    return { kind: 'freed', slot: request.slot };
  };

  const reply = (operation: () => WriterReply | undefined) => {
    try {
      const message = operation();
      if (message !== undefined) port.postMessage(message);
    } catch (error) {
      const { failure } = error as { failure?: WriterFailure };
      const message = error instanceof Error ? error.message : String(error);
      discard();
      port.postMessage({
        kind: 'failed',
        failure: failure ?? { why: 'error', ...doing, code: codeOf(error), message },
      });
    }
  };

  port.on('message', (request) => reply(() => answer(request)));
}
