import type { Host, ProcessIdentity } from '../system/host.js';

/** The holder of a lock, as its file names it. */
export interface LockHolder extends ProcessIdentity {
  /** Distinguishes this lock from any other. */
  readonly uuid: string;
  /** When the lock was acquired, as ISO 8601. */
  readonly since: string;
}

/** Formats a holder as the content of its lock file: JSON, with null for unknown values. */
export function formatLockHolder(holder: LockHolder): string {
  const { bootId = null, startTime = null } = holder;
  return `${JSON.stringify({ ...holder, bootId, startTime })}\n`;
}

/** Parses the content of a lock file. Undefined if it is damaged or not a lock of ours. */
export function parseLockHolder(bytes: Uint8Array): LockHolder | undefined {
  try {
    const found = JSON.parse(new TextDecoder().decode(bytes)) as Partial<
      Record<keyof LockHolder, unknown>
    > | null;
    const { host, bootId, pid, startTime, uuid, since } = found ?? {};
    if (typeof host !== 'string' || typeof uuid !== 'string' || typeof since !== 'string') return undefined;
    if (
      !Number.isSafeInteger(pid) ||
      (pid as number) < 1 ||
      !isTextOrNull(bootId) ||
      !isTextOrNull(startTime)
    )
      return undefined;
    return {
      host,
      bootId: bootId ?? undefined,
      pid: pid as number,
      startTime: startTime ?? undefined,
      uuid,
      since,
    };
  } catch {
    return undefined;
  }
}

/**
 * Whether the holder is certainly gone: it belongs to another boot of this host, or to this boot and its pid is free or belongs to a
 * later process. Time proves nothing because a trainer may block for any length of time. Nothing is known about another host.
 */
export async function isGone(holder: LockHolder, self: ProcessIdentity, host: Host): Promise<boolean> {
  if (holder.host !== self.host) return false;
  if (differ(holder.bootId, self.bootId)) return true;
  const running = await host.findProcess(holder.pid);
  return running === undefined || differ(holder.startTime, running.startTime);
}

/** Whether both are known and differ. */
function differ(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}

function isTextOrNull(value: unknown): value is string | null {
  return typeof value === 'string' || value === null;
}
