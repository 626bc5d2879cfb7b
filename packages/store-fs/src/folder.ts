import type { FileSystem } from './system/file-system.js';
import type { Machine } from './system/machine.js';
import { createQueue } from './system/create-queue.js';

/** Where one fsStore keeps its files, and what it has learnt of it. */
export interface Folder {
  readonly fs: FileSystem;
  readonly machine: Machine;
  /** Absolute. */
  readonly path: string;
  /** The last check of a condition and the rename after it run without another commit of this store between them. */
  readonly commits: ReturnType<typeof createQueue>;
  /** Whether the folder was made, or found, and its own entry is durable. */
  isPrepared: boolean;
  /** The newest modification time this store gave to a checkpoint, in nanoseconds since 1970. */
  newestTime: bigint;
}

export function folderOf(path: string, fs: FileSystem, machine: Machine): Folder {
  return { fs, machine, path, commits: createQueue(), isPrepared: false, newestTime: 0n };
}
