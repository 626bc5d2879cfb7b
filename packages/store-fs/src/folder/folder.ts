import { createQueue } from '../system/create-queue.js';
import type { FileSystem } from '../system/file-system.js';
import type { Host } from '../system/host.js';
import { type WithFileErrors, withFileErrors } from '../system/with-file-errors.js';

/** The folder in which one fsStore keeps its files, with the state of that store. */
export interface Folder {
  readonly fs: WithFileErrors<FileSystem>;
  readonly host: Host;
  /** Absolute. */
  readonly path: string;
  /** Keeps other commits of this store out between the last check of a condition and the rename. */
  readonly commits: ReturnType<typeof createQueue>;
  /** Whether the folder exists and its own entry is durable. */
  isPrepared: boolean;
  /** The newest modification time this store gave to a checkpoint, in nanoseconds since 1970. */
  newestTime: bigint;
}

export function toFolder(path: string, fs: FileSystem, host: Host): Folder {
  return {
    fs: withFileErrors(fs, 'fsStore'),
    host,
    path,
    commits: createQueue(),
    isPrepared: false,
    newestTime: 0n,
  };
}
