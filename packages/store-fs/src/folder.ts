import type { FileSystem } from './file-system.js';
import type { Machine } from './machine.js';
import { oneAtATime } from './one-at-a-time.js';
import type { WriterInUse } from './writer-in-use.js';

/** Where one fsStore keeps its files, and what it has learnt of it. */
export interface Folder {
  readonly fs: FileSystem;
  readonly machine: Machine;
  /** Absolute. */
  readonly path: string;
  /** The last check of a condition and the rename after it run without another commit of this store between them. */
  readonly commits: ReturnType<typeof oneAtATime>;
  /** Whether the folder was made, or found, and its own entry is durable. */
  isPrepared: boolean;
  /** The thread that writes while a training holds a lock; undefined where there is to be none. */
  readonly writer: WriterInUse | undefined;
  /** The newest modification time this store gave to a checkpoint, in nanoseconds since 1970. */
  newestTime: bigint;
}

export function folderOf(path: string, fs: FileSystem, machine: Machine, writer?: WriterInUse): Folder {
  return { fs, machine, path, commits: oneAtATime(), writer, isPrepared: false, newestTime: 0n };
}
