import { join } from 'node:path';
import { isSocketName } from '../folder/file-names.js';
import type { Folder } from '../folder/folder.js';
import { type ProcessIdentity, UNKNOWN_NAMESPACE } from '../system/host.js';
import type { SocketAnswer } from '../system/local-sockets.js';
import type { LockHolder } from './lock-holder.js';

/**
 * What is known of the holder of a lock:
 *
 * - `gone`: it certainly runs no more. Only then is its lock taken over.
 * - `answers`: it listens on its socket.
 * - `runs`: the process of its pid may be it, and so may the thread.
 * - `unseen`: the process of its pid may be it, but whether the thread still runs cannot be seen.
 * - `hidden`: it belongs to another container of this machine, whose processes cannot be seen from here.
 * - `elsewhere`: it belongs to another machine, or to a boot of which that cannot be excluded.
 */
export type Verdict = 'gone' | 'answers' | 'runs' | 'unseen' | 'hidden' | 'elsewhere';

/**
 * Judges by proofs only. Time proves nothing because a trainer may block for any length of time. Neither does
 * a host name, because containers choose their own.
 *
 * - A socket that accepts proves that its holder runs. One that refuses proves that it is gone, but only on
 *   the same boot and through the same mount: another machine that shares the folder refuses for every socket
 *   that is not its own, and so does this one through another mount of the same network drive.
 * - On the same boot and in the same PID namespace, a pid that is free or was given to a later process proves
 *   that the holder is gone. The number of a namespace may be used again, but then all processes of the
 *   former one are gone, and the start times tell them apart.
 * - A holder is a thread of its process. If the kernel shows the threads, one that is missing or was given to a
 *   later thread proves that the holder is gone. One that is shown is not gone, even if its socket refuses:
 *   it is just ending, or somebody closed the socket.
 * - From outside containers the processes of all namespaces can be seen. If none of them was the holder, it is
 *   gone.
 * - A boot of this machine that is over proves that the holder is gone, if both know the machine.
 */
export async function judgeHolder(
  folder: Folder,
  key: string,
  holder: LockHolder,
  self: ProcessIdentity,
): Promise<Verdict> {
  const answer = await askSocket(folder, key, holder);
  if (answer === 'alive') return 'answers';
  if (differ(holder.bootId, self.bootId)) return isSameMachine(holder, self) ? 'gone' : 'elsewhere';
  const isSameBoot = holder.bootId !== undefined && holder.bootId === self.bootId;
  if (isSameBoot && answer === 'refused') return (await isShown(folder, holder, self)) ? 'runs' : 'gone';
  const hasNamespaces = holder.pidNamespace !== undefined || self.pidNamespace !== undefined;
  // All machines have namespaces with the same numbers, so that these prove nothing if a boot is unknown.
  if (hasNamespaces && !isSameBoot) return 'elsewhere';
  if (holder.pidNamespace !== self.pidNamespace || self.pidNamespace === UNKNOWN_NAMESPACE) {
    return (await folder.host.isNowhere?.(holder.pid, holder.startTime)) === true ? 'gone' : 'hidden';
  }
  if (self.pidNamespace === undefined && holder.host !== self.host) return 'elsewhere';
  return judgeProcess(folder, holder, self);
}

/** Judges a holder in the PID namespace of this process. */
async function judgeProcess(folder: Folder, holder: LockHolder, self: ProcessIdentity): Promise<Verdict> {
  const running = await folder.host.findProcess(holder.pid);
  if (running === undefined || differ(holder.startTime, running.startTime)) return 'gone';
  const state = holder.thread && (await folder.host.findThread?.(holder.pid, holder.thread));
  if (state === 'ended') return 'gone';
  const isMain = holder.threadId === undefined || holder.threadId === 0;
  const isThisThread = holder.pid === self.pid && holder.threadId === self.threadId;
  return state === 'runs' || isMain || isThisThread ? 'runs' : 'unseen';
}

/** Whether the kernel shows the very thread of the holder. */
async function isShown(folder: Folder, holder: LockHolder, self: ProcessIdentity): Promise<boolean> {
  if (holder.thread === undefined || holder.startTime === undefined) return false;
  if (holder.pidNamespace !== self.pidNamespace || self.pidNamespace === UNKNOWN_NAMESPACE) return false;
  const running = await folder.host.findProcess(holder.pid);
  if (running?.startTime !== holder.startTime) return false;
  return (await folder.host.findThread?.(holder.pid, holder.thread)) === 'runs';
}

async function askSocket(
  { path, sockets }: Folder,
  key: string,
  { socket, socketDevice }: LockHolder,
): Promise<SocketAnswer> {
  if (socket === undefined || sockets === undefined || !isSocketName(socket, key)) return 'unknown';
  return sockets.ask(join(path, socket), socketDevice);
}

/** If the platform has no containers, its host names tell machines apart. */
function isSameMachine(holder: LockHolder, self: ProcessIdentity): boolean {
  if (holder.pidNamespace === undefined && self.pidNamespace === undefined) return holder.host === self.host;
  return self.machine !== undefined && holder.machine === self.machine;
}

/** Whether both are known and differ. */
function differ(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}
