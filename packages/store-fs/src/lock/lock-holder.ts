import type { Machine, ProcessIdentity } from '../system/machine.js';

/** Who holds a lock: what its file says, as JSON. */
export interface LockHolder extends ProcessIdentity {
  /** Tells one lock from any other. */
  readonly uuid: string;
  /** When it was taken, as ISO 8601. */
  readonly since: string;
}

/** The holder that a lock file names, or undefined where it is none of ours or damaged. */
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
    return { host, bootId, pid: pid as number, startTime, uuid, since };
  } catch {
    return undefined;
  }
}

/**
 * Whether the holder is certainly gone: another boot of this host, or this boot and its pid is free or belongs to a later process.
 * Time proves nothing, for a trainer may block for as long as it likes. Of another host nothing is known.
 */
export async function isGone(holder: LockHolder, self: ProcessIdentity, machine: Machine): Promise<boolean> {
  if (holder.host !== self.host) return false;
  if (holder.bootId !== null && self.bootId !== null && holder.bootId !== self.bootId) return true;
  const startTime = await machine.startTimeOf(holder.pid);
  if (startTime === undefined) return true;
  return startTime !== null && holder.startTime !== null && startTime !== holder.startTime;
}

function isTextOrNull(value: unknown): value is string | null {
  return typeof value === 'string' || value === null;
}
