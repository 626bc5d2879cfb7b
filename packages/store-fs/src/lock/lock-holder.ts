import { isUuid } from '../folder/file-names.js';
import type { KernelThread } from '../system/find-thread.js';
import type { ProcessIdentity } from '../system/host.js';

/** The holder of a lock, as its file names it. */
export interface LockHolder extends ProcessIdentity {
  /** Distinguishes this lock from any other that ever was. */
  readonly uuid: string;
  /** When the lock was acquired, as ISO 8601. */
  readonly since: string;
  /** The name of the socket beside the lock on which the holder listens; undefined if it has none. */
  readonly socket?: string | undefined;
  /** The mounted file system of the socket: on another mount of the same drive, it refuses everybody. */
  readonly socketDevice?: string | undefined;
}

/** Formats a holder as the content of its lock file: JSON, with null for unknown values. */
export function formatLockHolder(holder: LockHolder): string {
  const { bootId = null, startTime = null } = holder;
  return `${JSON.stringify({ ...holder, bootId, startTime })}\n`;
}

/**
 * Parses the content of a lock file. Undefined if it is damaged or not a lock of ours. Earlier versions wrote
 * none of `pidNamespace`, `machine`, `threadId`, `thread`, `socket` and `socketDevice`.
 */
export function parseLockHolder(bytes: Uint8Array): LockHolder | undefined {
  try {
    const found = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Record<keyof LockHolder, unknown>>;
    const { host, pid, uuid, since } = found;
    if (typeof host !== 'string' || typeof uuid !== 'string' || typeof since !== 'string') return undefined;
    if (!isUuid(uuid)) return undefined;
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1) return undefined;
    // An earlier version always wrote these two.
    if (found.bootId === undefined || found.startTime === undefined) return undefined;
    return {
      host,
      bootId: toText(found.bootId),
      pidNamespace: toText(found.pidNamespace),
      pid,
      startTime: toText(found.startTime),
      machine: toText(found.machine),
      threadId: toNumber(found.threadId),
      thread: toThread(found.thread),
      uuid,
      since,
      socket: toText(found.socket),
      socketDevice: toText(found.socketDevice),
    };
  } catch {
    return undefined;
  }
}

/** @throws an error when the value is neither a text nor absent. */
function toText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new TypeError('not a text');
}

/** @throws an error when the value is neither a number from 0 on nor absent. */
function toNumber(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new TypeError('not a number');
}

/** @throws an error when the value is neither a thread nor absent. */
function toThread(value: unknown): KernelThread | undefined {
  if (value === undefined || value === null) return undefined;
  const { tid, startTime } = value as Partial<Record<keyof KernelThread, unknown>>;
  const number = toNumber(tid);
  if (number === undefined) throw new TypeError('not a thread');
  return { tid: number, startTime: toText(startTime) };
}
