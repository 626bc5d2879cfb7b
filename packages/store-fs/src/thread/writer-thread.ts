import type * as NodeFs from 'node:fs';
import type { WriterFailure, WriterJob, WriterReply, WriterRequest } from './writer-messages.js';

type Checksum = (bytes: Uint8Array, seed: number) => number;

interface Port {
  on(event: 'message', listener: (request: WriterRequest) => void): unknown;
  postMessage(reply: WriterReply): void;
}

/**
 * Writes checkpoints in a thread, in the same steps as `writeCheckpoint`, whose comments explain them. The bytes arrive in buffers,
 * which the thread sends back.
 *
 * A large file is synced every `syncEvery` bytes while more is written; otherwise the disk would be idle until all bytes have arrived.
 * The sync at the end still makes the file durable.
 *
 * The thread is started with the text of this function, so that bundlers need not know of another file. The function can therefore use
 * nothing from outside but its parameters.
 */
export function writerThread(fs: typeof NodeFs, port: Port, syncEvery: number, crc32: Checksum): void {
  let job: WriterJob | undefined;
  let file = -1;
  let written = 0;
  let unsynced = 0;
  /** Whether the file is being synced while it is written. It is not closed then, and later requests wait. */
  let isSyncing = false;
  let waiting: WriterRequest | undefined;
  let hasFailed = false;
  let before = 0n;
  let part = 0;
  let restOfPart = 0;
  let checksums = new Uint32Array(0);
  let doing = { action: '', path: '' };

  const perform = <Result>(action: string, path: string, operation: () => Result): Result => {
    doing = { action, path };
    return operation();
  };
  const getErrorCode = (error: unknown) => String((error as { code?: unknown } | null)?.code ?? '');
  const getVersion = ({ dev, ino, mtimeNs, size }: NodeFs.BigIntStats) => `${dev}:${ino}:${mtimeNs}:${size}`;
  const createFailure = (failure: WriterFailure) => ({ failure });

  /** Returns the time of the existing file, or 0. */
  const checkCondition = ({ path, replaces }: WriterJob): bigint => {
    const stats = perform('look at', path, () => fs.lstatSync(path, { bigint: true, throwIfNoEntry: false }));
    const found = stats === undefined ? null : getVersion(stats);
    if (replaces !== undefined && replaces !== found) throw createFailure({ why: 'conflict', found });
    return stats?.mtimeNs ?? 0n;
  };

  const syncFolder = (path: string) => {
    perform('sync the folder', path, () => {
      const folder = fs.openSync(path, fs.constants.O_RDONLY);
      try {
        fs.fsyncSync(folder);
      } catch (error) {
        if (getErrorCode(error) !== 'EINVAL') throw error;
      } finally {
        fs.closeSync(folder);
      }
    });
  };

  /** Makes a folder again that was removed meanwhile. Its entry and those of its parents become durable. */
  const makeFolder = (path: string) => {
    const first = perform('make the folder', path, () =>
      fs.mkdirSync(path, { recursive: true, mode: 0o700 }),
    );
    for (let made = path; first !== undefined && made.length >= first.length;) {
      made = made.slice(0, made.search(/[\\/][^\\/]*$/)) || '/';
      syncFolder(made);
    }
  };

  const open = ({ temp }: WriterJob) => {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = fs.constants;
    return perform('make', temp, () => fs.openSync(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600));
  };

  const begin = (next: WriterJob) => {
    job = next;
    written = 0;
    unsynced = 0;
    hasFailed = false;
    part = 0;
    restOfPart = next.partLengths[0] ?? 0;
    checksums = new Uint32Array(next.partLengths.length);
    const time = checkCondition(next);
    before = time > next.newestTime ? time : next.newestTime;
    try {
      file = open(next);
    } catch (error) {
      if (getErrorCode(error) !== 'ENOENT') throw error;
      makeFolder(next.folder);
      file = open(next);
    }
  };

  const write = ({ temp }: WriterJob, bytes: Uint8Array) => {
    for (let offset = 0; offset < bytes.length;) {
      const length = bytes.length - offset;
      const count = perform('write', temp, () => fs.writeSync(file, bytes, offset, length, written));
      if (!(count > 0 && count <= length)) throw createFailure({ why: 'write', length, written: count });
      offset += count;
      written += count;
    }
  };

  /** Syncs in another thread of Node. The kernel reports a disk error to one sync only, so a failed early sync fails the checkpoint. */
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

  const addToChecksums = ({ partLengths }: WriterJob, bytes: Uint8Array) => {
    for (let from = 0; from < bytes.length && part < partLengths.length;) {
      const to = Math.min(from + restOfPart, bytes.length);
      checksums[part] = crc32(bytes.subarray(from, to), checksums[part] ?? 0);
      restOfPart -= to - from;
      from = to;
      while (restOfPart === 0 && part < partLengths.length) restOfPart = partLengths[++part] ?? 0;
    }
  };

  const writeChecksums = (done: WriterJob) => {
    const bytes = new DataView(new ArrayBuffer(4 * checksums.length));
    checksums.forEach((checksum, index) => bytes.setUint32(4 * index, checksum, true));
    write(done, new Uint8Array(bytes.buffer));
  };

  const stampAfter = ({ temp }: WriterJob, stats: NodeFs.BigIntStats): bigint => {
    let time = stats.mtimeNs;
    for (const milliseconds of [2n, 2000n]) {
      if (time > before) break;
      const seconds = Number(before / 1_000_000n + milliseconds) / 1000;
      perform('set the time of', temp, () => fs.futimesSync(file, seconds, seconds));
      time = perform('look at', temp, () => fs.fstatSync(file, { bigint: true })).mtimeNs;
    }
    return time;
  };

  const commit = (done: WriterJob): WriterReply => {
    const { temp, path, folder } = done;
    writeChecksums(done);
    const stats = perform('look at', temp, () => fs.fstatSync(file, { bigint: true }));
    if (stats.size !== BigInt(done.byteLength)) throw createFailure({ why: 'size', found: stats.size });
    const time = stampAfter(done, stats);
    perform('sync', temp, () => fs.fsyncSync(file));
    const closing = file;
    file = -1;
    perform('close', temp, () => fs.closeSync(closing));
    const version = getVersion(perform('look at', temp, () => fs.lstatSync(temp, { bigint: true })));
    checkCondition(done);
    perform('put a new checkpoint at', path, () => fs.renameSync(temp, path));
    // From now on the temp file is the checkpoint.
    job = undefined;
    syncFolder(folder);
    return { kind: 'done', version, time };
  };

  /** Errors are ignored here: the error that led here is the one to report. */
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
    const bytes = new Uint8Array(request.buffer, 0, request.length);
    write(job, bytes);
    addToChecksums(job, bytes);
    syncEarly(job, bytes.length);
    return { kind: 'freed', buffer: request.buffer };
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
        failure: failure ?? { why: 'error', ...doing, code: getErrorCode(error), message },
      });
    }
  };

  port.on('message', (request) => reply(() => answer(request)));
}
